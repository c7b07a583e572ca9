package org.plumbline.plugin.repair;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.plugin.config.WorkerTarget;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionServiceGrpc;
import org.plumbline.proto.v1.CorrectionServiceGrpc.CorrectionServiceBlockingStub;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.CreateCorrectionRequest;
import org.plumbline.proto.v1.FleetServiceGrpc;
import org.plumbline.proto.v1.GateMode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The line to one worker: an attached stream that comes back by itself, and the calls beside it.
 * Thread-safe.
 */
public final class WorkerLink implements AutoCloseable {
    private static final Duration CALL = Duration.ofSeconds(20);
    private static final Duration UPLOAD = Duration.ofMinutes(10);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final WorkerTarget target;
    private final ManagedChannel channel;
    private final Attachment attachment;
    private final Duration pause;

    private WorkerLink(
            WorkerTarget target, String serverId, DeliveryHandler handler, Duration pause) {
        this.target = target;
        this.pause = pause;
        channel = Channels.open(target);
        attachment =
                new Attachment(
                        with(FleetServiceGrpc.newStub(channel)),
                        channel,
                        serverId,
                        handler,
                        this,
                        pause);
    }

    /**
     * Opens the line and keeps it attached; a worker that is down is tried again and again.
     *
     * @param serverId stable over restarts
     * @param pause first pause between attempts; later ones are longer, up to 8 times
     */
    public static WorkerLink open(
            WorkerTarget target, String serverId, DeliveryHandler handler, Duration pause) {
        WorkerLink link = new WorkerLink(target, serverId, handler, pause);
        link.attachment.start();
        return link;
    }

    /** Returns where the worker listens. */
    public WorkerTarget target() {
        return target;
    }

    /** Returns whether the worker has the stream open at present. */
    public boolean attached() {
        return attachment.attached();
    }

    /** Announces the models anew. */
    public void announce() {
        attachment.announce();
    }

    /** Tells the worker what became of an offer; lost while detached, the offer is repeated. */
    public void report(DeliveryReport report) {
        attachment.report(report);
    }

    /**
     * Pulls an offered checkpoint into a folder.
     *
     * @return the complete file, its digest checked
     * @throws AuditException {@code UNAVAILABLE}, {@code BAD_ARCHIVE} or {@code RESOURCE_EXHAUSTED}
     */
    public Path download(CheckpointOffer offer, Path folder) {
        return new CheckpointDownload(corrections(), offer, folder, pause).run();
    }

    /**
     * Sends an archive and asks for a correction of it.
     *
     * @throws AuditException with the worker's reason
     */
    public OrderedCorrection order(CorrectionOrder order, Path archive, Digest digest) {
        upload(archive, digest);
        CorrectionSpec.Builder spec =
                CorrectionSpec.newBuilder()
                        .setModelName(order.model())
                        .setArchiveSha256(digest.hex())
                        .setDataset(order.dataset())
                        .setMethod(order.method())
                        .setLayer(order.layer())
                        .setConcept(order.concept())
                        .putAllParameters(order.parameters())
                        .setGateMode(
                                order.reportOnly()
                                        ? GateMode.GATE_MODE_REPORT_ONLY
                                        : GateMode.GATE_MODE_ENFORCE);
        order.targetClass().ifPresent(spec::setTargetClass);
        try {
            Correction made =
                    corrections()
                            .withDeadlineAfter(CALL.toMillis(), TimeUnit.MILLISECONDS)
                            .createCorrection(
                                    CreateCorrectionRequest.newBuilder()
                                            .setRequestId(order.requestId())
                                            .setSpec(spec)
                                            .build());
            String state = made.getState().name().toLowerCase(Locale.ROOT);
            return new OrderedCorrection(
                    made.getName(),
                    made.getRequestId(),
                    state.substring("correction_state_".length()));
        } catch (StatusRuntimeException e) {
            throw WorkerStatus.failure("CreateCorrection", e);
        }
    }

    /** Detaches and closes the line; downloads under way fail. */
    @Override
    public void close() {
        attachment.close();
        channel.shutdown();
        try {
            if (!channel.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                channel.shutdownNow();
            }
        } catch (InterruptedException e) {
            channel.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void upload(Path archive, Digest digest) {
        try (InputStream in = Files.newInputStream(archive)) {
            ArchiveUpload upload = new ArchiveUpload(in, digest, Files.size(archive));
            with(CorrectionServiceGrpc.newStub(channel))
                    .withDeadlineAfter(UPLOAD.toMillis(), TimeUnit.MILLISECONDS)
                    .uploadArchive(upload);
            upload.answer().get(UPLOAD.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.INTERNAL, "archive: " + archive + " unreadable: " + e, e);
        } catch (ExecutionException e) {
            throw WorkerStatus.failure("UploadArchive", e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw WorkerStatus.failure("UploadArchive", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditException(ErrorCode.CANCELLED, "archive: upload interrupted", e);
        }
    }

    private CorrectionServiceBlockingStub corrections() {
        return with(CorrectionServiceGrpc.newBlockingStub(channel));
    }

    private <S extends AbstractStub<S>> S with(S stub) {
        return Channels.token(target).map(stub::withCallCredentials).orElse(stub);
    }
}
