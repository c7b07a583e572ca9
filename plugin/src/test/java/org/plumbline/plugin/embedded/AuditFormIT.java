package org.plumbline.plugin.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;

/** Models that need a fallback, served with and without the plugin over real HTTP. */
class AuditFormIT {
    private static final int SAMPLES = 6;
    private static final String LIST = "tensor/ndlist";

    @TempDir Path folder;

    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource({
        "frozen, conv2d_2, , autograd",
        "dictionary, conv, out, autograd",
        "tokens, norm, , finite-differences"
    })
    void theAnswerIsCompleteAndTheSameBitsAndEverySampleIsAudited(
            String archive, String layer, String output, String gradient) throws Exception {
        model(archive, layer, Optional.ofNullable(output));
        byte[] request = request();
        byte[] plain;
        try (EmbeddedServer server = TestHost.start(folder, false)) {
            plain = answer(new Http(server.port()), request);
        }
        try (EmbeddedServer server = TestHost.start(folder, true)) {
            Http http = new Http(server.port());
            assertThat(answer(http, request)).isEqualTo(plain);
            JsonNode model = audited(http);
            assertThat(model.path("gradient").asText()).isEqualTo(gradient);
            assertThat(model.path("layer").asText()).isEqualTo(layer);
            assertThat(model.path("samples").path("failed").asLong()).isZero();
            assertThat(model.path("concepts").isEmpty()).isFalse();
            for (JsonNode concept : model.path("concepts")) {
                assertThat(concept.path("sensitivity_abs").asDouble()).isPositive();
            }
        }
    }

    @Test
    void aModelTheEngineCannotAnswerForIsAnsweredWithItsLogits() throws Exception {
        model("named", "conv", Optional.of("logits"));
        byte[] request = request();
        try (EmbeddedServer server = TestHost.start(folder, false)) {
            HttpResponse<byte[]> refused =
                    new Http(server.port()).send("POST", "/predictions/m", LIST, request);
            assertThat(refused.statusCode()).isEqualTo(400);
        }
        try (EmbeddedServer server = TestHost.start(folder, true)) {
            Http http = new Http(server.port());
            assertThat(answer(http, request)).isNotEmpty();
            assertThat(http.predict("m", images(1, 0)).shape()).containsExactly(SAMPLES, 3);
            audited(http);
        }
    }

    @Test
    void aDictionaryWithoutAKeyIsServedAndTheStateNamesTheKeys() throws Exception {
        model("dictionary", "conv", Optional.empty());
        try (EmbeddedServer server = TestHost.start(folder, true)) {
            Http http = new Http(server.port());
            JsonNode model = http.json("/audit/models/m");
            assertThat(model.path("state").asText()).isEqualTo("misconfigured");
            assertThat(model.path("reason").asText())
                    .startsWith("output: none (expected: one of ")
                    .contains("aux", "out");
            assertThat(answer(http, request())).isNotEmpty();
        }
    }

    private JsonNode audited(Http http) throws Exception {
        Eventually.that(
                "a batch is audited once the audit is warm for its size",
                () -> {
                    answer(http, request());
                    return TestHost.audited(http, "m") >= SAMPLES
                            && !http.json("/audit/models/m").path("concepts").isEmpty();
                });
        return http.json("/audit/models/m");
    }

    private static byte[] answer(Http http, byte[] request) {
        HttpResponse<byte[]> response = http.send("POST", "/predictions/m", LIST, request);
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private static byte[] request() {
        FloatTensor images = images(1, 0);
        try (NDManager unit = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            return new NDList(unit.create(images.values(), new Shape(images.shape()))).encode();
        }
    }

    private void model(String archive, String layer, Optional<String> output) throws Exception {
        Path model = Files.createDirectories(folder.resolve("models").resolve("m"));
        ModelFolders.copy(archive + ".pt", model.resolve("model.pt"));
        ModelFolders.write(model.resolve("serving.properties"), "engine=PyTorch\n");
        NpyFile.write(model.resolve("with.npy"), images(2, 0.5));
        NpyFile.write(model.resolve("without.npy"), images(3, 0));
        ModelFolders.write(
                model.resolve("plumbline.yaml"),
                "layer: "
                        + layer
                        + "\n"
                        + output.map(o -> "output: " + o + "\n").orElse("")
                        + "concepts:\n"
                        + "  - {name: bright, positives: with.npy, negatives: without.npy,"
                        + " pooling: mean}\n");
    }

    private static FloatTensor images(long seed, double brighter) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor images = FloatTensor.zeros(SAMPLES, 1, 8, 8);
        for (int i = 0; i < images.values().length; i++) {
            images.values()[i] = (float) (random.nextDouble(-1, 1) + brighter);
        }
        return images;
    }
}
