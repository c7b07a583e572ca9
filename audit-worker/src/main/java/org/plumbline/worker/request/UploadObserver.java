package org.plumbline.worker.request;

import com.google.protobuf.ByteString;

import io.grpc.stub.StreamObserver;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.store.Upload;

import java.util.function.Supplier;

/**
 * One upload stream: a header, then chunks. A cut stream leaves what arrived on disk. Confined to
 * the threads of one call, which gRPC orders.
 */
final class UploadObserver<Q, R> implements StreamObserver<Q> {
    private final Parts<Q, R> parts;
    private final StreamObserver<R> response;
    private @Nullable Upload upload;
    private @Nullable Supplier<R> finish;
    private boolean over;

    /** What differs between the kinds of uploads. */
    interface Parts<Q, R> {
        /** Returns whether a message is a header. */
        boolean header(Q message);

        /** Returns the bytes of a message that is none. */
        ByteString chunk(Q message);

        /** Opens the upload a header announces, or answers at once. */
        Opened<R> open(Q header);
    }

    /** An open upload and what finishes it, or an answer that needs no bytes. */
    record Opened<R>(@Nullable Upload upload, Supplier<R> finish) {}

    UploadObserver(Parts<Q, R> parts, StreamObserver<R> response) {
        this.parts = parts;
        this.response = response;
    }

    @Override
    public void onNext(Q message) {
        if (over) {
            return; // messages under way when the call was answered
        }
        try {
            take(message);
        } catch (RuntimeException e) {
            end();
            response.onError(Statuses.of(e));
        }
    }

    @Override
    public void onError(Throwable cause) {
        end();
    }

    @Override
    public void onCompleted() {
        if (over) {
            return;
        }
        Supplier<R> last = finish;
        try {
            if (last == null) {
                throw headerFirst();
            }
            R answer = last.get();
            end();
            response.onNext(answer);
            response.onCompleted();
        } catch (RuntimeException | OutOfMemoryError e) {
            end();
            response.onError(Statuses.of(e));
        }
    }

    private void take(Q message) {
        if (parts.header(message)) {
            if (finish != null) {
                throw AuditException.of(
                        ErrorCode.INVALID_ARGUMENT, "header", "repeated", "one, first");
            }
            Opened<R> opened = parts.open(message);
            upload = opened.upload();
            finish = opened.finish();
            if (opened.upload() == null) {
                R answer = opened.finish().get();
                over = true;
                response.onNext(answer);
                response.onCompleted();
            }
            return;
        }
        Upload open = upload;
        if (open == null) {
            throw headerFirst();
        }
        ByteString chunk = parts.chunk(message);
        Blobs.checkChunk(chunk.size());
        open.append(chunk.asReadOnlyByteBuffer());
    }

    private void end() {
        over = true;
        Upload open = upload;
        upload = null;
        if (open != null) {
            open.close();
        }
    }

    private static AuditException headerFirst() {
        return AuditException.of(ErrorCode.INVALID_ARGUMENT, "header", "missing", "one, first");
    }
}
