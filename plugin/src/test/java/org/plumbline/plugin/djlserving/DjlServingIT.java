package org.plumbline.plugin.djlserving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.FakeWorker;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;
import org.plumbline.plugin.fixture.ServingProcess;
import org.plumbline.proto.v1.DeliveryState;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The plugin jar in the real server's {@code plugins/}; run by profile {@code djl-serving} where
 * the server's artifacts can be resolved.
 */
@EnabledIfSystemProperty(named = "plumbline.djl-serving", matches = "true")
class DjlServingIT {
    @TempDir Path folder;
    private FakeWorker worker;
    private Path archive;

    @BeforeEach
    void prepare() {
        worker = FakeWorker.start(0);
        Path models = folder.resolve("models");
        archive = ModelFolders.audited(models, "cnn", "features.8", "").resolve("model.pt");
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    @Test
    void answersAreTheSameBitsAndTheMetricsPageShowsTheBias() {
        byte[] plain;
        try (ServingProcess server = ServingProcess.start(folder, false, worker.port())) {
            plain = predict(server.http()).body();
        }
        try (ServingProcess server = ServingProcess.start(folder, true, worker.port())) {
            assertThat(predict(server.http()).body()).isEqualTo(plain);
            Eventually.that(
                    "audited",
                    () ->
                            server.http()
                                    .text("/server/metrics")
                                    .contains("outcome=\"audited\"} 1.0"));
            assertThat(server.http().text("/server/metrics"))
                    .contains("plumbline_tcav_score_ratio{")
                    .contains("state=\"audited\"} 1.0");
            assertThat(server.http().text("/audit/metrics")).contains("plumbline_build_info");
            assertThat(server.http().text("/audit")).contains("Plumbline audit");
        }
    }

    @Test
    void aDeliveredCheckpointTakesOverWithoutAFailedRequest() throws Exception {
        Path repaired = ModelFolders.repaired(archive, folder.resolve("repaired.pt"), 1);
        try (ServingProcess server = ServingProcess.start(folder, true, worker.port())) {
            worker.awaitAttached();
            AtomicBoolean stop = new AtomicBoolean();
            ExecutorService threads = Executors.newFixedThreadPool(3);
            List<Future<Set<String>>> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                clients.add(threads.submit(() -> answers(server.http(), stop)));
            }
            worker.offer("d1", "cnn", repaired, Digest.of(archive));
            worker.await("d1", DeliveryState.DELIVERY_STATE_STAGED);
            worker.promote("d1");
            worker.await("d1", DeliveryState.DELIVERY_STATE_PROMOTED);
            String after = Digest.of(predict(server.http()).body()).brief();
            stop.set(true);
            Set<String> seen = new HashSet<>();
            for (Future<Set<String>> client : clients) {
                seen.addAll(client.get());
            }
            threads.shutdownNow();
            assertThat(seen).hasSizeLessThanOrEqualTo(2);
            assertThat(server.http().text("/server/metrics"))
                    .contains("model_version=\"" + Digest.of(repaired).brief() + "\"")
                    .doesNotContain("model_version=\"" + Digest.of(archive).brief() + "\"");
            assertThat(seen.contains(after) || seen.size() == 1).isTrue();
        }
        assertThat(Files.isRegularFile(archive)).isTrue();
    }

    /** The child finds engine and plugin although the server's class path has no plugin. */
    @Test
    void aLoopThatEndsPassesItsTrialAndIsAuditedAlongAnSvmCav() throws Exception {
        looping("torch.lt(torch.min(x), -9)", 60);
        try (ServingProcess server = ServingProcess.start(folder, true, worker.port())) {
            assertThat(model(server.http()).path("reason").asText()).isEmpty();
            assertThat(predict(server.http()).statusCode()).isEqualTo(200);
            Eventually.that(
                    "audited",
                    () -> model(server.http()).path("samples").path("audited").asLong() == 1);
            Eventually.that(
                    "a score on the metrics page",
                    () ->
                            server.http()
                                    .text("/server/metrics")
                                    .lines()
                                    .anyMatch(
                                            line ->
                                                    line.startsWith("plumbline_tcav_score_ratio{")
                                                            && line.contains("\"colour\"")));
        }
    }

    /** Trials carry noise in [0, 1); the request has a pixel below 0. */
    @Test
    void anEndlessLoopLeavesThePlainModelAndTheStateNamesTheLimit() throws Exception {
        looping("torch.ge(torch.min(x), 0)", 4);
        try (ServingProcess server = ServingProcess.start(folder, true, worker.port())) {
            JsonNode model = model(server.http());
            assertThat(model.path("state").asText()).isEqualTo("misconfigured");
            assertThat(model.path("reason").asText()).startsWith("probe time: over 4.0 s");
            FloatTensor image = ModelFolders.images().slice(0, 1);
            image.values()[0] = -1;
            assertThat(predict(server.http(), image).statusCode()).isEqualTo(200);
        }
    }

    private void looping(String condition, int seconds) throws Exception {
        Path looping = folder.resolve("looping.pt");
        ModelFolders.looping(condition, looping);
        Files.move(looping, archive, StandardCopyOption.REPLACE_EXISTING);
        ModelFolders.write(
                archive.resolveSibling("plumbline.yaml"),
                "layer: features.8\nprobe: {seconds: "
                        + seconds
                        + "}\nconcepts:\n"
                        + "  - {name: colour, positives: with.npy, negatives: without.npy, cav:"
                        + " svm}\n");
    }

    private static JsonNode model(Http http) {
        return http.json("/audit/models/cnn");
    }

    private static Set<String> answers(Http http, AtomicBoolean stop) {
        Set<String> seen = new HashSet<>();
        while (!stop.get()) {
            HttpResponse<byte[]> response = predict(http);
            assertThat(response.statusCode()).isEqualTo(200);
            seen.add(Digest.of(response.body()).brief());
        }
        return seen;
    }

    private static HttpResponse<byte[]> predict(Http http) {
        return predict(http, ModelFolders.images().slice(0, 1));
    }

    private static HttpResponse<byte[]> predict(Http http, FloatTensor images) {
        return http.send("POST", "/predictions/cnn", "tensor/ndlist", Http.npy(images));
    }
}
