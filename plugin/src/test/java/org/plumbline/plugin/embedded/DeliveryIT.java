package org.plumbline.plugin.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.config.WorkerTarget;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.FakeWorker;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;
import org.plumbline.proto.v1.DeliveryReport;
import org.plumbline.proto.v1.DeliveryState;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** Deliveries over real gRPC into a host that serves with the real engine. */
class DeliveryIT {
    private static final FloatTensor IMAGES = ModelFolders.images();

    @TempDir Path folder;
    private FakeWorker worker;
    private EmbeddedServer server;
    private Http http;
    private Path original;
    private Path repaired;
    private Digest source;

    @BeforeEach
    void serve() throws IOException {
        Path model = ModelFolders.audited(folder.resolve("models"), "cnn", "features.8", "");
        original = model.resolve("model.pt");
        source = Digest.of(original);
        repaired = ModelFolders.repaired(original, folder.resolve("repaired.pt"), 1);
        worker = FakeWorker.start(0);
        server = start();
        http = new Http(server.port());
        worker.awaitAttached();
    }

    @AfterEach
    void stop() {
        server.close();
        worker.close();
    }

    @Test
    void aSwapUnderLoadFailsNoRequestAndOnlyChangesTheNumbers() throws Exception {
        float[] before = logits();
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<List<float[]>>> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(threads.submit(() -> askUntil(stop)));
        }
        worker.offer("d1", "cnn", repaired, source);
        DeliveryReport staged = worker.await("d1", DeliveryState.DELIVERY_STATE_STAGED);
        assertThat(staged.getMetricsMap()).containsKey("probe_logit_change");
        assertThat(logits()).containsExactly(before);
        worker.promote("d1");
        worker.await("d1", DeliveryState.DELIVERY_STATE_PROMOTED);
        float[] after = logits();
        stop.set(true);
        assertThat(after).isNotEqualTo(before);
        for (Future<List<float[]>> client : clients) {
            for (float[] answer : client.get()) { // get() rethrows the first failed request
                assertThat(Arrays.equals(answer, before) || Arrays.equals(answer, after)).isTrue();
            }
        }
        threads.shutdownNow();
        String old = "model_version=\"" + source.brief() + "\"";
        String now = "model_version=\"" + Digest.of(repaired).brief() + "\"";
        Eventually.that("old series gone", () -> !http.text("/metrics").contains(old));
        assertThat(http.text("/metrics"))
                .contains(now)
                .contains("plumbline_deliveries_total{")
                .contains("outcome=\"promoted\"} 1.0");
        assertThat(http.json("/audit/models/cnn").path("delivery").path("state").asText())
                .isEqualTo("promoted");
    }

    @Test
    void aPromotedDeliveryEndsMitigations() {
        float[] before = logits();
        String path = "/audit/models/cnn/mitigations";
        byte[] body = "{\"concept\": \"colour\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(http.send("POST", path, "application/json", body).statusCode()).isEqualTo(201);
        assertThat(logits()).isNotEqualTo(before);
        deliver("d1", repaired, source);
        float[] after = logits();
        assertThat(http.json(path).path("mitigations")).isEmpty();
        worker.rollBack("d1");
        worker.await("d1", DeliveryState.DELIVERY_STATE_ROLLED_BACK);
        assertThat(logits()).containsExactly(before).isNotEqualTo(after);
    }

    @Test
    void aPromotedDeliverySurvivesARestartAndCanStillBeRolledBack() {
        float[] before = logits();
        deliver("d1", repaired, source);
        float[] after = logits();
        restart();
        assertThat(logits()).containsExactly(after);
        worker.rollBack("d1");
        worker.await("d1", DeliveryState.DELIVERY_STATE_ROLLED_BACK);
        assertThat(logits()).containsExactly(before);
        restart();
        assertThat(logits()).containsExactly(before);
    }

    @Test
    void aDeliveryIsNotAppliedAgainToAnotherModelFile() throws IOException {
        deliver("d1", repaired, source);
        server.close();
        Path other = ModelFolders.repaired(original, folder.resolve("other.pt"), 5);
        Files.move(other, original, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        server = start();
        http = new Http(server.port());
        assertThat(http.json("/audit/models/cnn").path("archive_sha256").asText())
                .isEqualTo(Digest.of(original).hex());
    }

    @Test
    void rollingBackServesThePreviousModuleAndOffersOfItAreAnsweredAsSettled() {
        float[] before = logits();
        deliver("d1", repaired, source);
        worker.rollBack("d1");
        worker.await("d1", DeliveryState.DELIVERY_STATE_ROLLED_BACK);
        assertThat(logits()).containsExactly(before);
        int reports = worker.reports("d1").size();
        worker.offer("d1", "cnn", repaired, source);
        Eventually.that("answered", () -> worker.reports("d1").size() > reports);
        assertThat(worker.reports("d1").get(reports).getState())
                .isEqualTo(DeliveryState.DELIVERY_STATE_ROLLED_BACK);
        assertThat(logits()).containsExactly(before);
    }

    @Test
    void theSameOfferTwiceIsDownloadedAndStagedOnce() {
        worker.offer("d1", "cnn", repaired, source);
        worker.offer("d1", "cnn", repaired, source);
        Eventually.that("two answers", () -> worker.reports("d1").size() == 2);
        assertThat(worker.reports("d1"))
                .extracting(DeliveryReport::getState)
                .containsOnly(DeliveryState.DELIVERY_STATE_STAGED);
        assertThat(worker.offsets()).hasSize(1);
    }

    @Test
    void aSecondDeliveryIsRefusedWhileOneWaitsAndAfterItIsPromoted() {
        Path second = ModelFolders.repaired(original, folder.resolve("second.pt"), 2);
        worker.offer("d1", "cnn", repaired, source);
        worker.offer("d2", "cnn", second, source);
        worker.await("d1", DeliveryState.DELIVERY_STATE_STAGED);
        assertThat(worker.await("d2", DeliveryState.DELIVERY_STATE_FAILED).getDetail())
                .contains("d1");
        worker.promote("d1");
        worker.await("d1", DeliveryState.DELIVERY_STATE_PROMOTED);
        float[] after = logits();
        worker.offer("d3", "cnn", second, source);
        assertThat(worker.await("d3", DeliveryState.DELIVERY_STATE_FAILED).getDetail())
                .contains("source_sha256");
        assertThat(logits()).containsExactly(after);
    }

    @Test
    void aCutDownloadIsResumedWhereItStopped() throws IOException {
        worker.cut(2);
        deliver("d1", repaired, source);
        assertThat(worker.offsets()).hasSize(3).isSorted().doesNotHaveDuplicates();
        try (var files = Files.walk(folder.resolve("cache"))) {
            assertThat(files.map(Path::toString)).noneMatch(f -> f.endsWith(".part"));
        }
    }

    @Test
    void wrongBytesUnsealedArchivesAndUnfitModulesAreRefusedAndLeaveNothing() throws IOException {
        float[] before = logits();
        byte[] bytes = Files.readAllBytes(repaired);
        worker.offer("wrong", "cnn", bytes, Digest.of(new byte[0]), source);
        worker.await("wrong", DeliveryState.DELIVERY_STATE_FAILED);
        worker.offer("unsealed", "cnn", original, source);
        // the served archive itself: nothing to do
        worker.await("unsealed", DeliveryState.DELIVERY_STATE_PROMOTED);
        byte[] hostile = "PK no archive".getBytes(StandardCharsets.UTF_8);
        worker.offer("hostile", "cnn", hostile, Digest.of(hostile), source);
        worker.await("hostile", DeliveryState.DELIVERY_STATE_FAILED);
        Path nan = ModelFolders.repaired(original, folder.resolve("nan.pt"), Float.NaN);
        worker.offer("nan", "cnn", nan, source);
        assertThat(worker.await("nan", DeliveryState.DELIVERY_STATE_FAILED).getDetail())
                .contains("logits");
        assertThat(logits()).containsExactly(before);
        assertThat(http.text("/metrics")).contains("outcome=\"failed\"");
        deliver("d1", repaired, source);
        assertThat(logits()).isNotEqualTo(before);
    }

    @Test
    void aWorkerThatComesBackFindsTheServerAttachedAgain() {
        int port = worker.port();
        worker.close();
        assertThat(logits()).hasSize(240);
        HttpResponse<byte[]> refused = correct("{\"dataset\": \"datasets/x\"}");
        assertThat(refused.statusCode()).isEqualTo(503);
        worker = FakeWorker.start(port);
        worker.awaitAttached();
        assertThat(worker.announcements().get(0).getServerId()).isEqualTo("test-server");
        assertThat(worker.announcements().get(0).getModels(0).getArchiveSha256())
                .isEqualTo(source.hex());
        deliver("d1", repaired, source);
    }

    @Test
    void aCorrectionIsForwardedWithTheServedArchive() {
        HttpResponse<byte[]> answer =
                correct(
                        """
                        {"request_id": "r1", "dataset": "datasets/x", "target_class": 3,
                         "parameters": {"lambda": 10, "epochs": "5"}}
                        """);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(Http.parse(answer.body()).path("state").asText()).isEqualTo("queued");
        assertThat(worker.archives()).containsOnlyKeys(source.hex());
        var spec = worker.created().get(0).getSpec();
        assertThat(spec.getModelName()).isEqualTo("cnn");
        assertThat(spec.getArchiveSha256()).isEqualTo(source.hex());
        assertThat(spec.getLayer()).isEqualTo("features.8");
        assertThat(spec.getConcept()).isEqualTo("colour");
        assertThat(spec.getTargetClass()).isEqualTo(3);
        assertThat(spec.getParametersMap()).containsEntry("lambda", "10");
        assertThat(worker.authorizations()).contains("Bearer secret");
        HttpResponse<byte[]> bad = correct("{\"gate_mode\": \"never\", \"extra\": 1}");
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(new String(bad.body(), StandardCharsets.UTF_8))
                .contains("dataset", "gate_mode", "extra");
    }

    private HttpResponse<byte[]> correct(String body) {
        return http.send(
                "POST",
                "/audit/models/cnn/corrections",
                "application/json",
                body.getBytes(StandardCharsets.UTF_8));
    }

    private void deliver(String id, Path archive, Digest from) {
        worker.offer(id, "cnn", archive, from);
        worker.await(id, DeliveryState.DELIVERY_STATE_STAGED);
        worker.promote(id);
        worker.await(id, DeliveryState.DELIVERY_STATE_PROMOTED);
    }

    private void restart() {
        server.close();
        int announced = worker.announcements().size();
        server = start();
        http = new Http(server.port());
        Eventually.that("attached", () -> worker.announcements().size() > announced);
    }

    private float[] logits() {
        return http.predict("cnn", IMAGES).values();
    }

    private List<float[]> askUntil(AtomicBoolean stop) {
        List<float[]> answers = new ArrayList<>();
        while (!stop.get()) {
            answers.add(logits());
        }
        return answers;
    }

    private EmbeddedServer start() {
        Path token = folder.resolve("token");
        ModelFolders.write(token, "secret\n");
        return TestHost.start(
                folder,
                new WorkerTarget(
                        "127.0.0.1:" + worker.port(), Optional.empty(), Optional.of(token)));
    }
}
