package org.plumbline.worker;

import com.google.protobuf.ByteString;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.AuditServiceGrpc;
import org.plumbline.proto.v1.BlobHeader;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionServiceGrpc;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.CreateCorrectionRequest;
import org.plumbline.proto.v1.DatasetServiceGrpc;
import org.plumbline.proto.v1.UploadArchiveRequest;
import org.plumbline.proto.v1.UploadArchiveResponse;
import org.plumbline.proto.v1.UploadDatasetHeader;
import org.plumbline.proto.v1.UploadDatasetRequest;
import org.plumbline.proto.v1.UploadDatasetResponse;
import org.plumbline.proto.v1.WatchCorrectionRequest;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A caller of the worker as a test needs it. */
final class WorkerClient implements AutoCloseable {
    private static final int CHUNK = 1000;
    private static final long PATIENCE_SECONDS = 60;

    final ManagedChannel channel;
    final CorrectionServiceGrpc.CorrectionServiceBlockingStub corrections;
    final DatasetServiceGrpc.DatasetServiceBlockingStub datasets;
    final AuditServiceGrpc.AuditServiceBlockingStub audits;

    WorkerClient(int port) {
        channel = NettyChannelBuilder.forAddress("localhost", port).usePlaintext().build();
        corrections = CorrectionServiceGrpc.newBlockingStub(channel);
        datasets = DatasetServiceGrpc.newBlockingStub(channel);
        audits = AuditServiceGrpc.newBlockingStub(channel);
    }

    String uploadArchive(byte[] content) {
        String sha256 = Digest.of(content).hex();
        Answer<UploadArchiveResponse> answer = new Answer<>();
        StreamObserver<UploadArchiveRequest> call =
                CorrectionServiceGrpc.newStub(channel).uploadArchive(answer);
        call.onNext(
                UploadArchiveRequest.newBuilder()
                        .setHeader(
                                BlobHeader.newBuilder()
                                        .setSha256(sha256)
                                        .setSizeBytes(content.length))
                        .build());
        for (ByteString chunk : chunks(content, 0, content.length)) {
            call.onNext(UploadArchiveRequest.newBuilder().setChunk(chunk).build());
        }
        call.onCompleted();
        return answer.get().getSha256();
    }

    /** Sends bytes {@code from} to {@code to}; completes the call only if that is the end. */
    UploadDatasetResponse uploadDataset(String name, byte[] zip, int from, int to) {
        Answer<UploadDatasetResponse> answer = new Answer<>();
        StreamObserver<UploadDatasetRequest> call =
                DatasetServiceGrpc.newStub(channel).uploadDataset(answer);
        call.onNext(
                UploadDatasetRequest.newBuilder()
                        .setHeader(
                                UploadDatasetHeader.newBuilder()
                                        .setName(name)
                                        .setBlob(
                                                BlobHeader.newBuilder()
                                                        .setSha256(Digest.of(zip).hex())
                                                        .setSizeBytes(zip.length)
                                                        .setOffset(from)))
                        .build());
        for (ByteString chunk : chunks(zip, from, to)) {
            call.onNext(UploadDatasetRequest.newBuilder().setChunk(chunk).build());
        }
        call.onCompleted();
        return answer.get();
    }

    Correction create(String requestId, CorrectionSpec spec) {
        return corrections.createCorrection(
                CreateCorrectionRequest.newBuilder().setRequestId(requestId).setSpec(spec).build());
    }

    /** Returns everything a watcher is sent. */
    List<Correction> watch(String name) {
        List<Correction> seen = new ArrayList<>();
        corrections
                .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .watchCorrection(WatchCorrectionRequest.newBuilder().setName(name).build())
                .forEachRemaining(response -> seen.add(response.getCorrection()));
        return seen;
    }

    Correction end(String name) {
        List<Correction> seen = watch(name);
        return seen.get(seen.size() - 1);
    }

    private static List<ByteString> chunks(byte[] content, int from, int to) {
        List<ByteString> chunks = new ArrayList<>();
        for (int at = from; at < to; at += CHUNK) {
            chunks.add(ByteString.copyFrom(content, at, Math.min(CHUNK, to - at)));
        }
        return chunks;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    /** The answer of a client stream. */
    static final class Answer<T> implements StreamObserver<T> {
        private final CompletableFuture<T> future = new CompletableFuture<>();
        private @Nullable T last;

        @Override
        public void onNext(T value) {
            last = value;
        }

        @Override
        public void onError(Throwable cause) {
            future.completeExceptionally(cause);
        }

        @Override
        public void onCompleted() {
            future.complete(last);
        }

        T get() {
            try {
                return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new AssertionError(e);
            } catch (InterruptedException | TimeoutException e) {
                throw new AssertionError(e);
            }
        }
    }
}
