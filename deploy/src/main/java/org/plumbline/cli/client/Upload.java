package org.plumbline.cli.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * A file sent in chunks, no faster than the worker takes them. Confined to one thread.
 *
 * @param <Q> message sent
 * @param <A> answer
 */
final class Upload<Q, A> {
    private static final int CHUNK = 1 << 19;

    private final Q header;
    private final Function<ByteString, Q> chunk;

    private Upload(Q header, Function<ByteString, Q> chunk) {
        this.header = header;
        this.chunk = chunk;
    }

    static <Q, A> Upload<Q, A> of(Q header, Function<ByteString, Q> chunk) {
        return new Upload<>(header, chunk);
    }

    /**
     * Sends a file from an offset.
     *
     * @param call starts the call, taking the observer of the answer
     * @throws io.grpc.StatusRuntimeException if the worker refuses
     */
    A send(Path file, long offset, Function<StreamObserver<A>, StreamObserver<Q>> call)
            throws IOException {
        Answer<Q, A> answer = new Answer<>();
        StreamObserver<Q> requests = call.apply(answer);
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(offset);
            requests.onNext(header);
            while (answer.waitUntilReady()) {
                byte[] block = in.readNBytes(CHUNK);
                if (block.length == 0) {
                    requests.onCompleted();
                    break;
                }
                requests.onNext(chunk.apply(UnsafeByteOperations.unsafeWrap(block)));
            }
        }
        return answer.await();
    }

    private static final class Answer<Q, A> implements ClientResponseObserver<Q, A> {
        private final CompletableFuture<A> result = new CompletableFuture<>();
        private final Semaphore changes = new Semaphore(0);

        @SuppressWarnings("NullAway.Init") // beforeStart runs before anything else
        private volatile ClientCallStreamObserver<Q> stream;

        @Override
        public void beforeStart(ClientCallStreamObserver<Q> requests) {
            stream = requests;
            requests.setOnReadyHandler(changes::release);
        }

        /** Returns whether there is more to send: false once the worker has answered. */
        boolean waitUntilReady() {
            while (!result.isDone()) {
                if (stream.isReady()) {
                    return true;
                }
                changes.acquireUninterruptibly();
            }
            return false;
        }

        A await() {
            try {
                return result.get();
            } catch (ExecutionException e) {
                throw Status.fromThrowable(e.getCause()).asRuntimeException();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Status.CANCELLED.withDescription("upload: interrupted").asRuntimeException();
            }
        }

        @Override
        public void onNext(A value) {
            result.complete(value);
            changes.release();
        }

        @Override
        public void onError(Throwable failure) {
            result.completeExceptionally(failure);
            changes.release();
        }

        @Override
        public void onCompleted() {
            result.completeExceptionally(
                    Status.INTERNAL.withDescription("upload: no answer").asRuntimeException());
            changes.release();
        }
    }
}
