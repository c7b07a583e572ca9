package org.plumbline.plugin.repair;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.Announcement;
import org.plumbline.proto.v1.AttachRequest;
import org.plumbline.proto.v1.AttachResponse;
import org.plumbline.proto.v1.DeliveryState;
import org.plumbline.proto.v1.FleetServiceGrpc.FleetServiceStub;
import org.plumbline.proto.v1.Heartbeat;
import org.plumbline.proto.v1.ServedModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The attached stream of one worker. All sending and reconnecting happens on one thread of its own.
 * Thread-safe.
 */
final class Attachment implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final int LONGEST_PAUSE = 3;

    private final FleetServiceStub worker;
    private final ManagedChannel channel;
    private final String serverId;
    private final DeliveryHandler handler;
    private final WorkerLink link;
    private final Duration pause;
    private final ScheduledExecutorService thread;
    private @Nullable StreamObserver<AttachRequest> outgoing;
    private int failures;
    private int stream;
    private volatile boolean attached;
    private volatile boolean closed;

    Attachment(
            FleetServiceStub worker,
            ManagedChannel channel,
            String serverId,
            DeliveryHandler handler,
            WorkerLink link,
            Duration pause) {
        this.worker = worker;
        this.channel = channel;
        this.serverId = serverId;
        this.handler = handler;
        this.link = link;
        this.pause = pause;
        thread =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            Thread t = new Thread(task, "plumbline-attach");
                            t.setDaemon(true);
                            return t;
                        });
    }

    void start() {
        run(this::connect);
        Future<?> unused =
                thread.scheduleWithFixedDelay(
                        () -> send(AttachRequest.newBuilder().setHeartbeat(Heartbeat.newBuilder())),
                        HEARTBEAT.toMillis(),
                        HEARTBEAT.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    boolean attached() {
        return attached;
    }

    void announce() {
        run(this::sendAnnouncement);
    }

    void report(DeliveryReport report) {
        run(
                () ->
                        send(
                                AttachRequest.newBuilder()
                                        .setDeliveryReport(
                                                org.plumbline.proto.v1.DeliveryReport.newBuilder()
                                                        .setDeliveryId(report.id())
                                                        .setState(state(report.step()))
                                                        .setDetail(report.detail())
                                                        .putAllMetrics(report.metrics()))));
    }

    @Override
    public void close() {
        run(
                () -> {
                    closed = true;
                    StreamObserver<AttachRequest> open = outgoing;
                    outgoing = null;
                    attached = false;
                    if (open != null) {
                        open.onCompleted();
                    }
                });
        thread.shutdown();
    }

    private void connect() {
        if (closed) {
            return;
        }
        stream++;
        channel.resetConnectBackoff(); // our pauses are shorter than the channel's two minutes
        outgoing = worker.attach(new Incoming(stream));
        sendAnnouncement();
    }

    private void sendAnnouncement() {
        Announcement.Builder announcement = Announcement.newBuilder().setServerId(serverId);
        for (AnnouncedModel model : handler.announced(link)) {
            announcement.addModels(
                    ServedModel.newBuilder()
                            .setName(model.name())
                            .setVersion(model.version())
                            .setArchiveSha256(model.archive().hex()));
        }
        send(AttachRequest.newBuilder().setAnnouncement(announcement));
    }

    private void send(AttachRequest.Builder request) {
        StreamObserver<AttachRequest> open = outgoing;
        if (open == null) {
            return;
        }
        try {
            open.onNext(request.build());
        } catch (IllegalStateException e) {
            LOG.debug("{}: stream is ending: {}", link.target().target(), e.getMessage());
        }
    }

    private void ended(int which, Status status) {
        if (which != stream || closed) {
            return;
        }
        outgoing = null;
        if (attached || failures == 0) {
            LOG.warn(
                    "{}: worker not attached, trying again: {} {}",
                    link.target().target(),
                    status.getCode(),
                    status.getDescription());
        }
        attached = false;
        failures = Math.min(failures + 1, LONGEST_PAUSE + 1);
        long millis = pause.multipliedBy(1L << (failures - 1)).toMillis();
        Future<?> unused = thread.schedule(this::connect, millis, TimeUnit.MILLISECONDS);
    }

    private void heard(int which) {
        if (which == stream && !attached) {
            attached = true;
            failures = 0;
            LOG.info("{}: worker attached", link.target().target());
        }
    }

    private void run(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: closing", link.target().target());
        }
    }

    private static DeliveryState state(DeliveryReport.Step step) {
        return switch (step) {
            case STAGED -> DeliveryState.DELIVERY_STATE_STAGED;
            case PROMOTED -> DeliveryState.DELIVERY_STATE_PROMOTED;
            case ROLLED_BACK -> DeliveryState.DELIVERY_STATE_ROLLED_BACK;
            case FAILED -> DeliveryState.DELIVERY_STATE_FAILED;
        };
    }

    private final class Incoming implements ClientResponseObserver<AttachRequest, AttachResponse> {
        private final int which;

        private Incoming(int which) {
            this.which = which;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<AttachRequest> call) {
            // ready means the transport is up and the worker took the stream
            call.setOnReadyHandler(() -> run(() -> heard(which)));
        }

        @Override
        public void onNext(AttachResponse response) {
            run(() -> heard(which));
            try {
                dispatch(response);
            } catch (RuntimeException e) {
                LOG.error("{}: message of the worker ignored", link.target().target(), e);
            }
        }

        @Override
        public void onError(Throwable failure) {
            run(() -> ended(which, Status.fromThrowable(failure)));
        }

        @Override
        public void onCompleted() {
            run(() -> ended(which, Status.OK));
        }

        private void dispatch(AttachResponse response) {
            switch (response.getMessageCase()) {
                case OFFER -> handler.offered(offer(response.getOffer()), link);
                case PROMOTION -> handler.promote(response.getPromotion().getDeliveryId(), link);
                case ROLLBACK ->
                        handler.rollBack(
                                response.getRollback().getDeliveryId(),
                                response.getRollback().getReason(),
                                link);
                case MESSAGE_NOT_SET -> LOG.debug("empty message of the worker");
            }
        }

        private CheckpointOffer offer(org.plumbline.proto.v1.CheckpointOffer offer) {
            return new CheckpointOffer(
                    offer.getDeliveryId(),
                    offer.getModelName(),
                    offer.getCorrection(),
                    new Digest(offer.getCheckpoint().getSha256()),
                    offer.getCheckpoint().getSizeBytes(),
                    new Digest(offer.getSourceSha256()));
        }
    }
}
