package org.plumbline.plugin.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The embedded host over real HTTP with the real engine. */
class EmbeddedServerIT {
    @TempDir Path folder;

    @Test
    void answersAreTheSameBitsWithAndWithoutThePluginUnderConcurrentLoad() throws Exception {
        ModelFolders.audited(folder.resolve("models"), "cnn", ModelFolders.LAYER, "");
        FloatTensor images = ModelFolders.images();
        List<float[]> plain;
        try (EmbeddedServer server = TestHost.start(folder, false)) {
            plain = concurrently(new Http(server.port()), images);
        }
        try (EmbeddedServer server = TestHost.start(folder, true)) {
            Http http = new Http(server.port());
            List<float[]> audited = concurrently(http, images);
            assertThat(audited).hasSameSizeAs(plain);
            for (int i = 0; i < plain.size(); i++) {
                assertThat(audited.get(i)).containsExactly(plain.get(i));
            }
            Eventually.that("every sample is counted", () -> samples(http) == plain.size());
            JsonNode model = http.json("/audit/models/cnn");
            assertThat(model.path("state").asText()).isEqualTo("audited");
            assertThat(model.path("samples").path("audited").asLong()).isEqualTo(plain.size());
            assertThat(model.path("samples").path("failed").asLong()).isZero();
        }
    }

    @Test
    void withAHalfLifeTheStatusShowsDecayedNumbers() throws Exception {
        String window = "window: {half-life: 15m}\n";
        ModelFolders.audited(folder.resolve("models"), "cnn", ModelFolders.LAYER, window);
        try (EmbeddedServer server = TestHost.start(folder, true)) {
            Http http = new Http(server.port());
            TestHost.send(http, "cnn", ModelFolders.images(), 24);
            Eventually.that("samples are counted", () -> samples(http) == 24);
            for (JsonNode concept : http.json("/audit/models/cnn").path("concepts")) {
                // within seconds every sample still weighs almost 1 of 15 minutes' half-life
                JsonNode decayed = concept.path("decayed");
                assertThat(decayed.path("effective_samples").asDouble())
                        .isCloseTo(concept.path("samples").asDouble(), within(0.5));
                assertThat(decayed.path("sensitivity").asDouble())
                        .isCloseTo(concept.path("sensitivity").asDouble(), within(0.05));
            }
        }
    }

    @Test
    void theScrapePageCarriesEveryServerMetric() throws Exception {
        ModelFolders.audited(folder.resolve("models"), "cnn", ModelFolders.LAYER, "");
        try (EmbeddedServer server = TestHost.start(folder, true)) {
            Http http = new Http(server.port());
            TestHost.send(http, "cnn", ModelFolders.images(), 24);
            Eventually.that("samples are counted", () -> samples(http) == 24);
            String page = http.text("/metrics");
            assertThat(page)
                    .contains("plumbline_samples_total{model_name=\"cnn\",model_version=\"")
                    .contains("outcome=\"audited\"} 24.0")
                    .contains("outcome=\"skipped\"} 0.0")
                    .contains("plumbline_tcav_score_ratio{class=\"")
                    .contains("concept=\"colour\"")
                    .contains("layer=\"features.8\"")
                    .contains("plumbline_tcav_score_lower_ratio{")
                    .contains("plumbline_tcav_score_upper_ratio{")
                    .contains("plumbline_tcav_positive_samples_total{")
                    .contains("plumbline_tcav_samples_total{")
                    .contains("plumbline_concept_sensitivity{")
                    .contains("plumbline_concept_sensitivity_abs{")
                    .contains("plumbline_audit_seconds_bucket{")
                    .contains("plumbline_audit_seconds_count{")
                    .contains("plumbline_overhead_ratio{")
                    .contains("plumbline_queue_depth ")
                    .contains("plumbline_last_audit_timestamp_seconds{")
                    .contains("plumbline_model_state{")
                    .contains("state=\"audited\"} 1")
                    .contains("plumbline_build_info{version=");
            assertThat(http.text("/audit/metrics")).contains("plumbline_build_info");
            HttpResponse<byte[]> html = http.send("GET", "/audit", "text/plain", new byte[0]);
            assertThat(new String(html.body(), StandardCharsets.UTF_8)).contains("Plumbline audit");
        }
    }

    @Test
    void batchesOfANewSizeAreAuditedOnceTheAuditIsWarm() {
        ModelFolders.audited(folder.resolve("models"), "cnn", ModelFolders.LAYER, "");
        try (EmbeddedServer server = TestHost.start(folder, true)) {
            Http http = new Http(server.port());
            http.predict("cnn", ModelFolders.images());
            assertThat(http.text("/metrics")).contains("outcome=\"skipped\"} 24.0");
            Eventually.that(
                    "a later batch is audited",
                    () -> {
                        http.predict("cnn", ModelFolders.images());
                        return samples(http) >= 24;
                    });
        }
    }

    @Test
    void aWrongLayerIsServedUnauditedAndTheStateNamesNearMatches() {
        ModelFolders.audited(folder.resolve("models"), "cnn", "features.88", "");
        ModelFolders.plain(folder.resolve("models"), "bare");
        try (EmbeddedServer server = TestHost.start(folder, true)) {
            Http http = new Http(server.port());
            assertThat(http.predict("cnn", ModelFolders.images()).shape()).containsExactly(24, 10);
            JsonNode model = http.json("/audit/models/cnn");
            assertThat(model.path("state").asText()).isEqualTo("misconfigured");
            assertThat(model.path("reason").asText()).contains("features.88", "features.8");
            assertThat(http.json("/audit/models/bare").path("state").asText())
                    .isEqualTo("unaudited");
            assertThat(http.predict("bare", ModelFolders.images()).shape()).containsExactly(24, 10);
        }
    }

    @Test
    void everyConfigurationProblemIsInTheState() {
        Path model = ModelFolders.audited(folder.resolve("models"), "cnn", "features.8", "");
        ModelFolders.write(
                model.resolve("plumbline.yaml"),
                "layer: features.8\nsampling: {rate: 7}\nfoo: 1\n");
        try (EmbeddedServer server = TestHost.start(folder, true)) {
            Http http = new Http(server.port());
            assertThat(http.json("/audit/models/cnn").path("reason").asText())
                    .contains(
                            "plumbline.yaml", "sampling.rate: 7", "concepts: none", "foo: unknown");
            assertThat(http.predict("cnn", ModelFolders.images()).rows()).isEqualTo(24);
        }
    }

    @Test
    void imagesGoThroughTheModelsTranslatorForAnswersAndForConcepts() throws Exception {
        Path model = ModelFolders.plain(folder.resolve("models"), "photo");
        ModelFolders.write(
                model.resolve("serving.properties"),
                """
                engine=PyTorch
                translatorFactory=ai.djl.modality.cv.translator.ImageClassificationTranslatorFactory
                width=28
                height=28
                resize=true
                toTensor=true
                """);
        ModelFolders.write(model.resolve("synset.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
        Files.createDirectories(model.resolve("red"));
        Files.createDirectories(model.resolve("grey"));
        for (int i = 0; i < 4; i++) {
            Pictures.write(model.resolve("red").resolve(i + ".png"), i, true);
            Pictures.write(model.resolve("grey").resolve(i + ".png"), i, false);
        }
        ModelFolders.write(
                model.resolve("plumbline.yaml"),
                """
                layer: features.8
                concepts:
                  - {name: red, positives: red, negatives: grey, pooling: mean}
                """);
        byte[] picture = Files.readAllBytes(model.resolve("red").resolve("0.png"));
        String plain;
        try (EmbeddedServer server = TestHost.start(folder, false)) {
            plain = predict(new Http(server.port()), picture);
        }
        try (EmbeddedServer server = TestHost.start(folder, true)) {
            Http http = new Http(server.port());
            assertThat(http.json("/audit/models/photo").path("state").asText())
                    .isEqualTo("audited");
            assertThat(predict(http, picture)).isEqualTo(plain).contains("className");
            HttpResponse<byte[]> put =
                    http.send(
                            "PUT",
                            "/audit/models/photo/concepts/red",
                            "application/zip",
                            Pictures.zip(model));
            assertThat(put.statusCode()).isEqualTo(200);
            assertThat(predict(http, picture)).isEqualTo(plain);
            HttpResponse<byte[]> bad =
                    http.send(
                            "PUT", "/audit/models/photo/concepts/red", "application/zip", picture);
            assertThat(bad.statusCode()).isEqualTo(400);
            assertThat(bad.headers().firstValue("Content-Type"))
                    .isEqualTo(Optional.of("application/problem+json"));
        }
    }

    @Test
    void badRequestsAreProblemsAndTheServerGoesOn() {
        ModelFolders.audited(folder.resolve("models"), "cnn", ModelFolders.LAYER, "");
        try (EmbeddedServer server = TestHost.start(folder, true)) {
            Http http = new Http(server.port());
            assertThat(status(http, "POST", "/predictions/none")).isEqualTo(404);
            assertThat(status(http, "GET", "/predictions/cnn")).isEqualTo(405);
            assertThat(status(http, "POST", "/predictions/cnn")).isEqualTo(400);
            assertThat(status(http, "POST", "/audit/models/cnn/mitigations")).isEqualTo(400);
            assertThat(status(http, "GET", "/audit/models/none")).isEqualTo(404);
            assertThat(status(http, "POST", "/audit/models/cnn/corrections")).isEqualTo(400);
            FloatTensor wrong = FloatTensor.zeros(1, 5, 28, 28);
            HttpResponse<byte[]> refused =
                    http.send("POST", "/predictions/cnn", "application/x-npy", Http.npy(wrong));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(http.predict("cnn", ModelFolders.images()).rows()).isEqualTo(24);
            assertThat(status(http, "GET", "/ping")).isEqualTo(200);
        }
    }

    @Test
    void modelsComeAndGoWithTheirSeries() throws Exception {
        Files.createDirectories(folder.resolve("models"));
        Path other = ModelFolders.audited(folder.resolve("other"), "cnn", "features.8", "");
        try (EmbeddedServer server = TestHost.start(folder, true)) {
            Http http = new Http(server.port());
            String query = "/models?model_name=late&model_version=v1&url=" + other.toUri();
            assertThat(status(http, "POST", query)).isEqualTo(200);
            assertThat(status(http, "POST", query)).isEqualTo(409);
            assertThat(http.predict("late/v1", ModelFolders.images().slice(0, 1)).rows())
                    .isEqualTo(1);
            Eventually.that(
                    "series", () -> http.text("/metrics").contains("plumbline_tcav_score_ratio{"));
            assertThat(http.text("/metrics")).contains("model_version=\"v1-");
            assertThat(http.json("/models").path("models")).hasSize(1);
            assertThat(status(http, "DELETE", "/models/late/v1")).isEqualTo(200);
            assertThat(status(http, "POST", "/predictions/late")).isEqualTo(404);
            Eventually.that("series gone", () -> !http.text("/metrics").contains("\"late\""));
        }
    }

    private static List<float[]> concurrently(Http http, FloatTensor images) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<float[]>> answers = new ArrayList<>();
            for (int i = 0; i < 96; i++) {
                FloatTensor image = images.slice(i % images.rows(), i % images.rows() + 1);
                answers.add(threads.submit(() -> http.predict("cnn", image).values()));
            }
            List<float[]> logits = new ArrayList<>();
            for (Future<float[]> answer : answers) {
                logits.add(answer.get());
            }
            return logits;
        } finally {
            threads.shutdownNow();
        }
    }

    private static long samples(Http http) {
        long sum = 0;
        for (JsonNode concept : http.json("/audit/models/cnn").path("concepts")) {
            sum += concept.path("samples").asLong();
        }
        return sum;
    }

    private static int status(Http http, String method, String path) {
        return http.send(method, path, "application/octet-stream", new byte[0]).statusCode();
    }

    private static String predict(Http http, byte[] picture) {
        HttpResponse<byte[]> response =
                http.send("POST", "/predictions/photo", "image/png", picture);
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
