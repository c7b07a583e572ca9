package org.plumbline.worker.request;

import com.google.protobuf.ByteString;

import io.grpc.stub.ServerCallStreamObserver;

import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.BlobHeader;
import org.plumbline.proto.v1.DownloadCheckpointResponse;
import org.plumbline.worker.job.Checkpoint;
import org.plumbline.worker.store.Disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Sends a file as fast as the receiver takes it: one chunk in memory at a time, none after a
 * cancellation. Confined to the threads of one call, which gRPC orders.
 */
final class DownloadStream {
    private final ServerCallStreamObserver<DownloadCheckpointResponse> response;
    private final FileChannel channel;
    private boolean over;

    private DownloadStream(
            ServerCallStreamObserver<DownloadCheckpointResponse> response, FileChannel channel) {
        this.response = response;
        this.channel = channel;
    }

    /** Sends the header and starts; must be called within the call's first handler. */
    static void start(
            ServerCallStreamObserver<DownloadCheckpointResponse> response,
            Path file,
            Checkpoint checkpoint,
            long offset) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ).position(offset);
            DownloadStream stream = new DownloadStream(response, channel);
            response.setOnReadyHandler(stream::send);
            response.setOnCancelHandler(stream::end);
            response.setOnCloseHandler(stream::end);
            response.onNext(
                    DownloadCheckpointResponse.newBuilder()
                            .setHeader(
                                    BlobHeader.newBuilder()
                                            .setSha256(new Digest(checkpoint.sha256()).hex())
                                            .setSizeBytes(checkpoint.sizeBytes())
                                            .setOffset(offset))
                            .build());
            stream.send();
        } catch (IOException e) {
            throw Disk.failure("checkpoint", e);
        }
    }

    private void send() {
        try {
            while (!over && response.isReady()) {
                ByteBuffer chunk = ByteBuffer.allocate(Blobs.CHUNK);
                int read = channel.read(chunk);
                if (read < 0) {
                    end();
                    response.onCompleted();
                    return;
                }
                response.onNext(
                        DownloadCheckpointResponse.newBuilder()
                                .setChunk(ByteString.copyFrom(chunk.flip()))
                                .build());
            }
        } catch (IOException e) {
            if (!over) {
                end();
                response.onError(Statuses.of(Disk.failure("checkpoint", e)));
            }
        }
    }

    private void end() {
        over = true;
        try {
            channel.close();
        } catch (IOException e) {
            throw Disk.failure("checkpoint", e);
        }
    }
}
