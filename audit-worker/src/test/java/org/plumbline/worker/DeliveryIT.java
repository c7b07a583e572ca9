package org.plumbline.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.Digest;
import org.plumbline.proto.v1.AttachResponse;
import org.plumbline.proto.v1.CheckpointOffer;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.Delivery;
import org.plumbline.proto.v1.DeliveryState;
import org.plumbline.proto.v1.GateMode;
import org.plumbline.proto.v1.GetCorrectionRequest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

class DeliveryIT {
    private static final byte[] MODEL = "model biased".getBytes(StandardCharsets.UTF_8);
    private static final String SOURCE = Digest.of(MODEL).hex();

    @TempDir private Path folder;
    private AuditWorker worker;
    private WorkerClient client;

    @BeforeEach
    void start() {
        worker =
                AuditWorker.start(
                        AuditWorkerIT.config(folder),
                        new FakeEngine().tools(),
                        InstantSource.system());
        client = new WorkerClient(worker.port());
    }

    @AfterEach
    void stop() {
        client.close();
        worker.close();
    }

    private Correction correct(String requestId, String epochs, GateMode mode) throws IOException {
        String dataset = "datasets/" + requestId;
        byte[] zip = SmallData.zip(SmallData.tensors(folder.resolve("data")));
        client.uploadDataset(dataset, zip, 0, zip.length);
        CorrectionSpec spec =
                CorrectionSpec.newBuilder()
                        .setModelName("fashion")
                        .setArchiveSha256(client.uploadArchive(MODEL))
                        .setDataset(dataset)
                        .setMethod("vanilla")
                        .putParameters("epochs", epochs)
                        .setGateMode(mode)
                        .build();
        return client.end(client.create(requestId, spec).getName());
    }

    private Correction accepted() throws IOException {
        return correct("r1", FakeEngine.HELPS, GateMode.GATE_MODE_ENFORCE);
    }

    private List<Delivery> deliveries(Correction correction) {
        return client.corrections
                .getCorrection(
                        GetCorrectionRequest.newBuilder().setName(correction.getName()).build())
                .getDeliveriesList();
    }

    @Test
    void anAcceptedCheckpointIsOfferedPromotedAndRecorded() throws Exception {
        FakeServer server = new FakeServer(client).announce("s1", "fashion", SOURCE);
        Correction correction = accepted();
        CheckpointOffer offer = server.next().getOffer();
        assertThat(offer.getCorrection()).isEqualTo(correction.getName());
        assertThat(offer.getCheckpoint()).isEqualTo(correction.getCheckpoint());
        assertThat(offer.getSourceSha256()).isEqualTo(SOURCE);

        server.report(offer.getDeliveryId(), DeliveryState.DELIVERY_STATE_STAGED);
        AttachResponse promotion = server.next();
        assertThat(promotion.getPromotion().getDeliveryId()).isEqualTo(offer.getDeliveryId());
        server.report(offer.getDeliveryId(), DeliveryState.DELIVERY_STATE_PROMOTED);
        server.detach();
        assertThat(deliveries(correction))
                .singleElement()
                .satisfies(
                        d -> {
                            assertThat(d.getServerId()).isEqualTo("s1");
                            assertThat(d.getState())
                                    .isEqualTo(DeliveryState.DELIVERY_STATE_PROMOTED);
                        });
    }

    @Test
    void anUnansweredOfferIsRepeatedWithTheSameIdAfterReattaching() throws Exception {
        accepted();
        FakeServer first = new FakeServer(client).announce("s1", "fashion", SOURCE);
        String id = first.next().getOffer().getDeliveryId();
        first.detach();
        FakeServer second = new FakeServer(client).announce("s1", "fashion", SOURCE);
        assertThat(second.next().getOffer().getDeliveryId()).isEqualTo(id);
    }

    @Test
    void offersAndRecordsSurviveTheWorker() throws Exception {
        Correction correction = accepted();
        FakeServer server = new FakeServer(client).announce("s1", "fashion", SOURCE);
        String id = server.next().getOffer().getDeliveryId();
        server.report(id, DeliveryState.DELIVERY_STATE_FAILED);
        server.detach();
        client.close();
        worker.close();

        start();
        assertThat(deliveries(correction))
                .singleElement()
                .extracting(Delivery::getState, Delivery::getDetail)
                .containsExactly(DeliveryState.DELIVERY_STATE_FAILED, "said by the test");
        FakeServer failed = new FakeServer(client).announce("s1", "fashion", SOURCE);
        FakeServer other = new FakeServer(client).announce("s2", "fashion", SOURCE);
        assertThat(other.next().getOffer().getDeliveryId()).isEqualTo(id);
        failed.detach();
        assertThat(failed.isQuiet()).as("a final word is not asked for again").isTrue();
    }

    @Test
    void serversOfOtherModelsOrArchivesAreOfferedNothing() throws Exception {
        accepted();
        FakeServer otherModel = new FakeServer(client).announce("s1", "other", SOURCE);
        FakeServer otherArchive =
                new FakeServer(client).announce("s2", "fashion", Digest.of(new byte[1]).hex());
        otherModel.detach();
        otherArchive.detach();
        assertThat(otherModel.isQuiet()).isTrue();
        assertThat(otherArchive.isQuiet()).isTrue();
    }

    @Test
    void rejectedAndReportOnlyCheckpointsAreNeverOffered() throws Exception {
        correct("r1", FakeEngine.HARMS, GateMode.GATE_MODE_ENFORCE);
        correct("r2", FakeEngine.HELPS, GateMode.GATE_MODE_REPORT_ONLY);
        FakeServer server = new FakeServer(client).announce("s1", "fashion", SOURCE);
        server.detach();
        assertThat(server.isQuiet()).isTrue();
    }

    @Test
    void twoAcceptedCheckpointsAreOfferedOneAfterTheOtherAndOnlyForTheSourceServed()
            throws Exception {
        FakeServer server = new FakeServer(client).announce("s1", "fashion", SOURCE);
        Correction first = accepted();
        Correction second = correct("r2", FakeEngine.HELPS_OTHERWISE, GateMode.GATE_MODE_ENFORCE);
        CheckpointOffer offer = server.next().getOffer();
        assertThat(offer.getCorrection()).isEqualTo(first.getName());
        assertThat(server.isQuiet()).isTrue();
        server.report(offer.getDeliveryId(), DeliveryState.DELIVERY_STATE_FAILED);
        assertThat(server.next().getOffer().getCorrection()).isEqualTo(second.getName());
    }

    @Test
    void anUnknownDeliveryIsRolledBack() throws Exception {
        FakeServer server = new FakeServer(client).announce("s1", "fashion", SOURCE);
        server.report("nobody knows", DeliveryState.DELIVERY_STATE_STAGED);
        assertThat(server.next().getRollback().getDeliveryId()).isEqualTo("nobody knows");
    }

    @Test
    void aLostPromotionReportIsReadFromWhatTheServerServes() throws Exception {
        Correction correction = accepted();
        FakeServer server = new FakeServer(client).announce("s1", "fashion", SOURCE);
        server.next();
        server.announce("s1", "fashion", correction.getCheckpoint().getSha256());
        server.detach();
        assertThat(deliveries(correction))
                .singleElement()
                .extracting(Delivery::getState)
                .isEqualTo(DeliveryState.DELIVERY_STATE_PROMOTED);
    }

    @Test
    void theSameServerAttachingTwiceEndsTheOlderStream() throws Exception {
        accepted();
        FakeServer older = new FakeServer(client).announce("s1", "fashion", SOURCE);
        older.next(); // an offer shows that it is attached
        new FakeServer(client).announce("s1", "fashion", SOURCE);
        assertThat(older.end()).startsWith("ABORTED");
    }

    @Test
    void aReportBeforeTheAnnouncementEndsTheStream() throws Exception {
        FakeServer server = new FakeServer(client);
        server.report("x", DeliveryState.DELIVERY_STATE_STAGED);
        assertThat(server.end()).startsWith("INVALID_ARGUMENT");
    }
}
