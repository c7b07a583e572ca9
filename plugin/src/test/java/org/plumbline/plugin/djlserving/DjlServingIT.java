package org.plumbline.plugin.djlserving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.Digest;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.FakeWorker;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;
import org.plumbline.plugin.fixture.ServingProcess;
import org.plumbline.proto.v1.DeliveryState;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
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
        return http.send(
                "POST",
                "/predictions/cnn",
                "tensor/ndlist",
                Http.npy(ModelFolders.images().slice(0, 1)));
    }
}
