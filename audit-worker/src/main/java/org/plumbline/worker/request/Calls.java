package org.plumbline.worker.request;

import io.grpc.stub.StreamObserver;

import java.util.function.Supplier;

/** The frame of every unary call: one answer or one status. Thread-safe. */
final class Calls {
    private Calls() {}

    static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
        T response;
        try {
            response = work.get();
        } catch (RuntimeException | OutOfMemoryError e) {
            observer.onError(Statuses.of(e));
            return;
        }
        observer.onNext(response);
        observer.onCompleted();
    }
}
