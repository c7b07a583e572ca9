package org.plumbline.plugin.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.plugin.config.ServerConfig;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/** Significance and drift of a real model's answers, live. */
class EvidenceIT {
    private static final String MORE =
            """
              - {name: chance, positives: chance-a.npy, negatives: chance-b.npy}
            target: 3
            window: {samples: 160}
            significance: {random-cavs: 100, seed: 7}
            """;
    private static final FloatTensor IMAGES = ModelFolders.images();

    @TempDir Path folder;

    @Test
    void sameSeedSameTrafficSamePValueAndARestartKeepsTheBaseline() throws Exception {
        Path model =
                ModelFolders.audited(folder.resolve("models"), "cnn", ModelFolders.LAYER, MORE);
        FloatTensor without = NpyFile.readFloats(model.resolve("without.npy"));
        chance(model, without);
        double p;
        JsonNode baseline;
        try (EmbeddedServer server = start("cache")) {
            Http http = new Http(server.port());
            send(http, without, 200);
            p = series(http, "colour").path("p_value").asDouble();
            assertThat(p).as(series(http, "colour").toString()).isLessThan(0.05);
            assertThat(series(http, "chance").path("p_value").asDouble()).isGreaterThan(0.05);
            baseline = series(http, "colour").path("drift").path("baseline");
            assertThat(baseline.path("samples").asInt()).isEqualTo(96); // 160 less 64 for the clip
            assertThat(http.text("/metrics"))
                    .contains("plumbline_concept_p_value{class=\"3\",concept=\"colour\"")
                    .contains("plumbline_concept_drift{class=\"3\",concept=\"colour\"");
        }
        try (EmbeddedServer server = start("cache")) {
            Http http = new Http(server.port());
            send(http, without, 200);
            assertThat(series(http, "colour").path("p_value").asDouble()).isEqualTo(p);
            JsonNode drift = series(http, "colour").path("drift");
            assertThat(drift.path("baseline")).isEqualTo(baseline);
            assertThat(drift.path("samples").asInt()).isEqualTo(200);
            assertThat(drift.path("alarm").asBoolean()).isFalse();
            send(http, IMAGES, 400); // from now on every image shows the concept
            assertThat(series(http, "colour").path("drift").path("alarm").asBoolean()).isTrue();
            assertThat(http.text("/metrics"))
                    .containsPattern(
                            "plumbline_concept_drift\\{class=\"3\",concept=\"colour\".*} 1");
        }
    }

    /** Splits images without the concept by chance. */
    private static void chance(Path model, FloatTensor images) throws Exception {
        int[] order =
                new Random(5).ints(0, images.rows()).distinct().limit(images.rows()).toArray();
        int half = order.length / 2;
        NpyFile.write(model.resolve("chance-a.npy"), images.rows(Arrays.copyOf(order, half)));
        NpyFile.write(
                model.resolve("chance-b.npy"),
                images.rows(Arrays.copyOfRange(order, half, 2 * half)));
    }

    private void send(Http http, FloatTensor images, int count) {
        long before = seen(http);
        for (int i = 0; i < count; i++) {
            int row = i % images.rows();
            http.predict("cnn", images.slice(row, row + 1));
        }
        Eventually.that("every sample is counted", () -> seen(http) == before + count);
    }

    private static JsonNode series(Http http, String concept) {
        for (JsonNode node : http.json("/audit/models/cnn").path("concepts")) {
            if (node.path("concept").asText().equals(concept)) {
                return node;
            }
        }
        return MissingNode.getInstance();
    }

    private static long seen(Http http) {
        return series(http, "colour").path("random_cavs").path("samples").asLong();
    }

    private EmbeddedServer start(String cache) {
        ServerConfig config =
                new ServerConfig(
                        folder.resolve(cache),
                        1024,
                        Optional.of("test-server"),
                        Optional.empty(),
                        Optional.empty());
        return EmbeddedServer.start(
                new EmbeddedOptions(
                        folder.resolve("models"), EmbeddedOptions.LOOPBACK, 0, true, config));
    }
}
