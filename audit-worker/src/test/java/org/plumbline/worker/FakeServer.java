package org.plumbline.worker;

import io.grpc.stub.StreamObserver;

import org.plumbline.proto.v1.Announcement;
import org.plumbline.proto.v1.AttachRequest;
import org.plumbline.proto.v1.AttachResponse;
import org.plumbline.proto.v1.DeliveryReport;
import org.plumbline.proto.v1.DeliveryState;
import org.plumbline.proto.v1.FleetServiceGrpc;
import org.plumbline.proto.v1.ServedModel;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server that attaches to a worker and does what the test says. */
final class FakeServer implements StreamObserver<AttachResponse> {
    private static final long PATIENCE_SECONDS = 30;

    private final LinkedBlockingQueue<AttachResponse> received = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final StreamObserver<AttachRequest> call;

    FakeServer(WorkerClient client) {
        call = FleetServiceGrpc.newStub(client.channel).attach(this);
    }

    FakeServer announce(String serverId, String model, String archive) {
        call.onNext(
                AttachRequest.newBuilder()
                        .setAnnouncement(
                                Announcement.newBuilder()
                                        .setServerId(serverId)
                                        .addModels(
                                                ServedModel.newBuilder()
                                                        .setName(model)
                                                        .setArchiveSha256(archive)))
                        .build());
        return this;
    }

    void report(String deliveryId, DeliveryState state) {
        call.onNext(
                AttachRequest.newBuilder()
                        .setDeliveryReport(
                                DeliveryReport.newBuilder()
                                        .setDeliveryId(deliveryId)
                                        .setState(state)
                                        .setDetail("said by the test"))
                        .build());
    }

    AttachResponse next() throws InterruptedException {
        AttachResponse response = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (response == null) {
            throw new AssertionError("nothing sent; ends: " + ends);
        }
        return response;
    }

    /** Returns whether nothing waits; only meaningful after an answer that comes later. */
    boolean isQuiet() {
        return received.isEmpty();
    }

    String end() throws InterruptedException {
        String end = ends.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (end == null) {
            throw new AssertionError("still attached");
        }
        return end;
    }

    void detach() throws InterruptedException {
        call.onCompleted();
        end();
    }

    @Override
    public void onNext(AttachResponse response) {
        received.add(response);
    }

    @Override
    public void onError(Throwable cause) {
        ends.add(String.valueOf(cause.getMessage()));
    }

    @Override
    public void onCompleted() {
        ends.add("completed");
    }
}
