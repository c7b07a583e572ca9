package org.plumbline.plugin.repair;

import com.google.protobuf.ByteString;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;

import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.BlobHeader;
import org.plumbline.proto.v1.UploadArchiveRequest;
import org.plumbline.proto.v1.UploadArchiveResponse;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/**
 * Sends an archive as fast as the worker takes it; an early answer, for an archive the worker holds
 * already, ends the sending. Confined to the call's own serialised callbacks.
 */
final class ArchiveUpload
        implements ClientResponseObserver<UploadArchiveRequest, UploadArchiveResponse> {
    private static final int CHUNK = 1 << 20;

    private final CompletableFuture<UploadArchiveResponse> answer = new CompletableFuture<>();
    private final InputStream bytes;
    private final Digest digest;
    private final long size;
    private boolean headed;
    private boolean ended;

    ArchiveUpload(InputStream bytes, Digest digest, long size) {
        this.bytes = bytes;
        this.digest = digest;
        this.size = size;
    }

    CompletableFuture<UploadArchiveResponse> answer() {
        return answer;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<UploadArchiveRequest> call) {
        call.setOnReadyHandler(() -> send(call));
    }

    private void send(ClientCallStreamObserver<UploadArchiveRequest> call) {
        try {
            while (!ended && !answer.isDone() && call.isReady()) {
                if (!headed) {
                    headed = true;
                    BlobHeader header =
                            BlobHeader.newBuilder()
                                    .setSha256(digest.hex())
                                    .setSizeBytes(size)
                                    .build();
                    call.onNext(UploadArchiveRequest.newBuilder().setHeader(header).build());
                    continue;
                }
                byte[] chunk = bytes.readNBytes(CHUNK);
                if (chunk.length == 0) {
                    ended = true;
                    call.onCompleted();
                } else {
                    call.onNext(
                            UploadArchiveRequest.newBuilder()
                                    .setChunk(ByteString.copyFrom(chunk))
                                    .build());
                }
            }
        } catch (IOException e) {
            call.cancel("archive unreadable", e);
        }
    }

    @Override
    public void onNext(UploadArchiveResponse response) {
        answer.complete(response);
    }

    @Override
    public void onError(Throwable failure) {
        answer.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        answer.completeExceptionally(
                new IllegalStateException("worker ended the upload without an answer"));
    }
}
