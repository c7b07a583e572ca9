package org.plumbline.worker.request;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.proto.v1.Announcement;
import org.plumbline.proto.v1.AttachRequest;
import org.plumbline.proto.v1.AttachResponse;
import org.plumbline.proto.v1.Checkpoint;
import org.plumbline.proto.v1.CheckpointOffer;
import org.plumbline.proto.v1.DeliveryReport;
import org.plumbline.proto.v1.FleetServiceGrpc.FleetServiceImplBase;
import org.plumbline.proto.v1.Promotion;
import org.plumbline.proto.v1.Rollback;
import org.plumbline.worker.delivery.DeliveryState;
import org.plumbline.worker.delivery.Fleet;
import org.plumbline.worker.delivery.Offer;
import org.plumbline.worker.delivery.ServedModel;
import org.plumbline.worker.delivery.ServerLink;

import java.util.List;

/** Attached servers over gRPC. Thread-safe. */
public final class FleetEndpoint extends FleetServiceImplBase {
    private static final int LONGEST_ID = 128;

    private final Fleet fleet;

    /** Makes the service. */
    public FleetEndpoint(Fleet fleet) {
        this.fleet = fleet;
    }

    @Override
    public StreamObserver<AttachRequest> attach(StreamObserver<AttachResponse> response) {
        var call = (ServerCallStreamObserver<AttachResponse>) response;
        Link link = new Link(call);
        Attachment attachment = new Attachment(link);
        call.setOnCancelHandler(attachment::detach);
        return attachment;
    }

    private static DeliveryState state(DeliveryReport report) {
        return switch (report.getState()) {
            case DELIVERY_STATE_STAGED -> DeliveryState.STAGED;
            case DELIVERY_STATE_PROMOTED -> DeliveryState.PROMOTED;
            case DELIVERY_STATE_ROLLED_BACK -> DeliveryState.ROLLED_BACK;
            case DELIVERY_STATE_FAILED -> DeliveryState.FAILED;
            case DELIVERY_STATE_UNSPECIFIED, DELIVERY_STATE_OFFERED, UNRECOGNIZED ->
                    throw AuditException.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "delivery_report.state",
                            report.getState(),
                            "STAGED, PROMOTED, ROLLED_BACK or FAILED");
        };
    }

    private static List<ServedModel> models(Announcement announcement) {
        return announcement.getModelsList().stream()
                .map(
                        m ->
                                new ServedModel(
                                        m.getName(),
                                        m.getVersion(),
                                        Blobs.digest(
                                                "models.archive_sha256", m.getArchiveSha256())))
                .toList();
    }

    /** One stream; gRPC orders its messages. */
    private final class Attachment implements StreamObserver<AttachRequest> {
        private final Link link;
        private String serverId = "";

        Attachment(Link link) {
            this.link = link;
        }

        @Override
        public void onNext(AttachRequest request) {
            try {
                take(request);
            } catch (RuntimeException e) {
                detach();
                link.fail(Statuses.of(e));
            }
        }

        @Override
        public void onError(Throwable cause) {
            detach();
        }

        @Override
        public void onCompleted() {
            detach();
            link.complete();
        }

        private void take(AttachRequest request) {
            if (!request.hasAnnouncement() && serverId.isEmpty()) {
                throw AuditException.of(
                        ErrorCode.INVALID_ARGUMENT,
                        "message",
                        request.getMessageCase(),
                        "an announcement first");
            }
            if (request.hasAnnouncement()) {
                announce(request.getAnnouncement());
            } else if (request.hasDeliveryReport()) {
                DeliveryReport report = request.getDeliveryReport();
                fleet.report(
                        serverId, link, report.getDeliveryId(), state(report), report.getDetail());
            }
        }

        private void announce(Announcement announcement) {
            String id = announcement.getServerId();
            if (id.isEmpty()
                    || id.length() > LONGEST_ID
                    || (!serverId.isEmpty() && !serverId.equals(id))) {
                throw AuditException.of(
                        ErrorCode.INVALID_ARGUMENT,
                        "announcement.server_id",
                        id,
                        "1 to " + LONGEST_ID + " characters, the same on one stream");
            }
            List<ServedModel> models = models(announcement);
            serverId = id;
            fleet.announce(serverId, models, link);
        }

        void detach() {
            if (!serverId.isEmpty()) {
                fleet.detach(serverId, link);
            }
        }
    }

    /** Sends from any thread; what is sent after the end is lost. */
    private static final class Link implements ServerLink {
        private final ServerCallStreamObserver<AttachResponse> call;
        private boolean over;

        Link(ServerCallStreamObserver<AttachResponse> call) {
            this.call = call;
        }

        @Override
        public void offer(Offer offer) {
            send(
                    AttachResponse.newBuilder()
                            .setOffer(
                                    CheckpointOffer.newBuilder()
                                            .setDeliveryId(offer.deliveryId())
                                            .setModelName(offer.modelName())
                                            .setCorrection(Protos.CORRECTIONS + offer.job())
                                            .setCheckpoint(
                                                    Checkpoint.newBuilder()
                                                            .setSha256(offer.checkpoint().hex())
                                                            .setSizeBytes(offer.sizeBytes()))
                                            .setSourceSha256(offer.source().hex()))
                            .build());
        }

        @Override
        public void promote(String deliveryId) {
            send(
                    AttachResponse.newBuilder()
                            .setPromotion(Promotion.newBuilder().setDeliveryId(deliveryId))
                            .build());
        }

        @Override
        public void rollback(String deliveryId, String reason) {
            send(
                    AttachResponse.newBuilder()
                            .setRollback(
                                    Rollback.newBuilder()
                                            .setDeliveryId(deliveryId)
                                            .setReason(reason))
                            .build());
        }

        @Override
        public void replaced() {
            fail(
                    Statuses.of(
                            Status.Code.ABORTED,
                            "REPLACED",
                            "server_id: attached anew (expected: one stream per server)"));
        }

        synchronized void fail(Throwable status) {
            if (!over && !call.isCancelled()) {
                over = true;
                call.onError(status);
            }
        }

        synchronized void complete() {
            if (!over && !call.isCancelled()) {
                over = true;
                call.onCompleted();
            }
        }

        private synchronized void send(AttachResponse message) {
            if (!over && !call.isCancelled()) {
                call.onNext(message);
            }
        }
    }
}
