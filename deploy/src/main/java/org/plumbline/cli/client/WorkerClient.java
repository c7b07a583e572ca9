package org.plumbline.cli.client;

import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.AuditServiceGrpc;
import org.plumbline.proto.v1.BlobHeader;
import org.plumbline.proto.v1.CancelCorrectionRequest;
import org.plumbline.proto.v1.CheckFairwashingRequest;
import org.plumbline.proto.v1.CheckFairwashingResponse;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionServiceGrpc;
import org.plumbline.proto.v1.CreateCorrectionRequest;
import org.plumbline.proto.v1.Dataset;
import org.plumbline.proto.v1.DatasetServiceGrpc;
import org.plumbline.proto.v1.DeleteDatasetRequest;
import org.plumbline.proto.v1.DownloadCheckpointRequest;
import org.plumbline.proto.v1.DownloadCheckpointResponse;
import org.plumbline.proto.v1.FairwashingFindings;
import org.plumbline.proto.v1.FairwashingProgress;
import org.plumbline.proto.v1.GetCorrectionRequest;
import org.plumbline.proto.v1.GetDatasetRequest;
import org.plumbline.proto.v1.ListCorrectionsRequest;
import org.plumbline.proto.v1.ListCorrectionsResponse;
import org.plumbline.proto.v1.UploadArchiveRequest;
import org.plumbline.proto.v1.UploadArchiveResponse;
import org.plumbline.proto.v1.UploadDatasetHeader;
import org.plumbline.proto.v1.UploadDatasetRequest;
import org.plumbline.proto.v1.UploadDatasetResponse;
import org.plumbline.proto.v1.WatchCorrectionRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Calls of a worker that a user makes. Answers of the worker that are no success reach the caller
 * as {@link StatusRuntimeException}. Thread-safe.
 */
public final class WorkerClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerClient.class);
    private static final int UNARY_SECONDS = 30;

    private final ManagedChannel channel;
    private final CorrectionServiceGrpc.CorrectionServiceStub streaming;
    private final CorrectionServiceGrpc.CorrectionServiceBlockingStub corrections;
    private final DatasetServiceGrpc.DatasetServiceStub datasetStreaming;
    private final DatasetServiceGrpc.DatasetServiceBlockingStub datasets;
    private final AuditServiceGrpc.AuditServiceBlockingStub audits;

    private WorkerClient(Target target) throws IOException {
        channel = target.open();
        streaming = proven(CorrectionServiceGrpc.newStub(channel), target);
        corrections = proven(CorrectionServiceGrpc.newBlockingStub(channel), target);
        datasetStreaming = proven(DatasetServiceGrpc.newStub(channel), target);
        datasets = proven(DatasetServiceGrpc.newBlockingStub(channel), target);
        audits = proven(AuditServiceGrpc.newBlockingStub(channel), target);
    }

    /** Opens a client; the connection is made by the first call. */
    public static WorkerClient open(Target target) throws IOException {
        return new WorkerClient(target);
    }

    private static <S extends AbstractStub<S>> S proven(S stub, Target target) throws IOException {
        return target.token().map(stub::withCallCredentials).orElse(stub);
    }

    /**
     * Uploads an archive; one the worker holds is not sent again.
     *
     * @return its digest, to name it in a correction
     */
    public String uploadArchive(Path archive) throws IOException {
        BlobHeader header = header(archive);
        UploadArchiveResponse answer =
                Upload.<UploadArchiveRequest, UploadArchiveResponse>of(
                                UploadArchiveRequest.newBuilder().setHeader(header).build(),
                                chunk -> UploadArchiveRequest.newBuilder().setChunk(chunk).build())
                        .send(archive, 0, streaming::uploadArchive);
        return answer.getSha256();
    }

    /**
     * Uploads a data set folder; one the worker holds is not sent again, a cut transfer goes on.
     *
     * @param name {@code datasets/{id}}
     */
    public Dataset uploadDataset(String name, Path folder) throws IOException {
        Path zip = Files.createTempFile("plumbline-dataset", ".zip");
        try {
            FolderZip.write(folder, zip);
            BlobHeader whole = header(zip);
            Dataset known = known(name);
            boolean same = known.getSha256().equals(whole.getSha256());
            if (same && known.getComplete()) {
                return known;
            }
            long offset = same ? known.getReceivedBytes() : 0;
            UploadDatasetHeader header =
                    UploadDatasetHeader.newBuilder()
                            .setName(name)
                            .setBlob(whole.toBuilder().setOffset(offset))
                            .build();
            return Upload.<UploadDatasetRequest, UploadDatasetResponse>of(
                            UploadDatasetRequest.newBuilder().setHeader(header).build(),
                            chunk -> UploadDatasetRequest.newBuilder().setChunk(chunk).build())
                    .send(zip, offset, datasetStreaming::uploadDataset)
                    .getDataset();
        } finally {
            Files.deleteIfExists(zip);
        }
    }

    private Dataset known(String name) {
        try {
            return soon(datasets).getDataset(GetDatasetRequest.newBuilder().setName(name).build());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return Dataset.getDefaultInstance();
            }
            throw e;
        }
    }

    /** Removes a data set that was uploaded for one call; what cannot be removed now stays. */
    public void discardDataset(String name) {
        try {
            soon(datasets).deleteDataset(DeleteDatasetRequest.newBuilder().setName(name).build());
        } catch (StatusRuntimeException e) {
            LOG.debug("{} stays on the worker: {}", name, e.getStatus());
        }
    }

    /**
     * Has explanations checked.
     *
     * @param each hears of every step
     */
    public FairwashingFindings checkFairwashing(
            CheckFairwashingRequest request, Consumer<FairwashingProgress> each) {
        FairwashingFindings found = FairwashingFindings.getDefaultInstance();
        var events = audits.checkFairwashing(request);
        while (events.hasNext()) {
            CheckFairwashingResponse event = events.next();
            if (event.hasProgress()) {
                each.accept(event.getProgress());
            } else {
                found = event.getFindings();
            }
        }
        return found;
    }

    /** Starts a correction, or only checks it. */
    public Correction create(CreateCorrectionRequest request) {
        return soon(corrections).createCorrection(request);
    }

    /** Returns a correction, {@code corrections/{id}}. */
    public Correction correction(String name) {
        return soon(corrections)
                .getCorrection(GetCorrectionRequest.newBuilder().setName(name).build());
    }

    /** Returns one page of corrections, newest first. */
    public ListCorrectionsResponse list(ListCorrectionsRequest request) {
        return soon(corrections).listCorrections(request);
    }

    /** Returns the newest corrections, at most one page. */
    public List<Correction> newest(String model) {
        return list(ListCorrectionsRequest.newBuilder().setModelName(model).build())
                .getCorrectionsList();
    }

    /**
     * Follows a correction to its end.
     *
     * @param each hears of every change
     * @return the last state
     */
    public Correction watch(String name, Consumer<Correction> each) {
        WatchCorrectionRequest request = WatchCorrectionRequest.newBuilder().setName(name).build();
        Correction last = Correction.getDefaultInstance();
        var changes = corrections.watchCorrection(request);
        while (changes.hasNext()) {
            last = changes.next().getCorrection();
            each.accept(last);
        }
        return last;
    }

    /** Asks a correction to stop. */
    public Correction cancel(String name) {
        return soon(corrections)
                .cancelCorrection(CancelCorrectionRequest.newBuilder().setName(name).build());
    }

    /**
     * Downloads a repaired archive; {@code out} appears only when its digest is right.
     *
     * @throws AuditException {@code BAD_ARCHIVE} if what arrived is not what was announced
     */
    public BlobHeader download(String name, Path out) throws IOException {
        Path part = out.resolveSibling(out.getFileName() + ".part");
        try {
            BlobHeader header = receive(name, part);
            Digest actual = Digest.of(part);
            if (!actual.hex().equals(header.getSha256())) {
                throw AuditException.of(
                        ErrorCode.BAD_ARCHIVE, "sha256", actual, header.getSha256());
            }
            Files.move(part, out, StandardCopyOption.REPLACE_EXISTING);
            return header;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private BlobHeader receive(String name, Path part) throws IOException {
        Iterator<DownloadCheckpointResponse> messages =
                corrections.downloadCheckpoint(
                        DownloadCheckpointRequest.newBuilder().setName(name).build());
        BlobHeader header = BlobHeader.getDefaultInstance();
        try (FileChannel file =
                        FileChannel.open(
                                part,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE);
                OutputStream stream = Channels.newOutputStream(file)) {
            while (messages.hasNext()) {
                DownloadCheckpointResponse message = messages.next();
                header = message.hasHeader() ? message.getHeader() : header;
                message.getChunk().writeTo(stream);
            }
        }
        return header;
    }

    private static <S extends AbstractStub<S>> S soon(S stub) {
        return stub.withDeadline(Deadline.after(UNARY_SECONDS, TimeUnit.SECONDS));
    }

    private static BlobHeader header(Path file) throws IOException {
        return BlobHeader.newBuilder()
                .setSha256(Digest.of(file).hex())
                .setSizeBytes(Files.size(file))
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
