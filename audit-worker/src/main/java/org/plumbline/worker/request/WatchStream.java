package org.plumbline.worker.request;

import io.grpc.stub.ServerCallStreamObserver;

import org.jspecify.annotations.Nullable;
import org.plumbline.proto.v1.WatchCorrectionResponse;
import org.plumbline.worker.job.Job;
import org.plumbline.worker.job.JobListener;

/**
 * Sends a job's changes as fast as the watcher takes them: a slow one skips progress, never the
 * end. Thread-safe.
 */
final class WatchStream implements JobListener {
    private final ServerCallStreamObserver<WatchCorrectionResponse> response;
    private @Nullable Job waiting;
    private boolean over;

    WatchStream(ServerCallStreamObserver<WatchCorrectionResponse> response) {
        this.response = response;
    }

    @Override
    public synchronized void onChange(Job job) {
        waiting = job;
        send();
    }

    /** Sends what waits, when the watcher can take it. */
    synchronized void send() {
        Job job = waiting;
        if (over || job == null || response.isCancelled()) {
            return;
        }
        if (response.isReady() || job.state().terminal()) {
            waiting = null;
            response.onNext(
                    WatchCorrectionResponse.newBuilder()
                            .setCorrection(Protos.correction(job))
                            .build());
            if (job.state().terminal()) {
                over = true;
                response.onCompleted();
            }
        }
    }

    /** Stops sending. */
    synchronized void end() {
        over = true;
    }
}
