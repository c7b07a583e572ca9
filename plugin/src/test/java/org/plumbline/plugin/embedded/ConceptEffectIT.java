package org.plumbline.plugin.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.config.ServerConfig;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;

import java.nio.file.Path;
import java.util.Optional;

/** Concepts are removed from live traffic, with the real engine. */
class ConceptEffectIT {
    private static final int REQUESTS = 384;

    @TempDir Path folder;

    @Test
    void aShareOfTheAuditsRemovesTheConcept() {
        ModelFolders.audited(folder.resolve("models"), "cnn", ModelFolders.LAYER, "");
        try (EmbeddedServer server = start()) {
            Http http = new Http(server.port());
            FloatTensor images = ModelFolders.images();
            for (int i = 0; i < REQUESTS; i++) { // one by one: that shape is warm from the start
                http.predict("cnn", images.slice(i % images.rows(), i % images.rows() + 1));
            }
            Eventually.that("all are audited", () -> audited(http) == REQUESTS);
            Eventually.that("removals are published", () -> removed(http) >= 8);
            assertThat(removed(http)).isLessThanOrEqualTo(48); // 24 expected
            double largest = 0;
            for (JsonNode concept : http.json("/audit/models/cnn").path("concepts")) {
                double change = concept.path("effect").path("removed").asDouble();
                largest = Math.max(largest, Math.abs(change));
            }
            assertThat(largest).isPositive();
            String page = http.text("/metrics");
            assertThat(page)
                    .containsPattern("plumbline_concept_effect\\{class=.*\\} -?[0-9]")
                    .containsPattern("plumbline_concept_masked\\{class=.*\\} 0.0");
        }
    }

    private static long removed(Http http) {
        long sum = 0;
        for (JsonNode concept : http.json("/audit/models/cnn").path("concepts")) {
            sum += concept.path("effect").path("samples_total").asLong();
        }
        return sum;
    }

    private static long audited(Http http) {
        return http.json("/audit/models/cnn").path("samples").path("audited").asLong();
    }

    private EmbeddedServer start() {
        ServerConfig config =
                new ServerConfig(
                        folder.resolve("cache"),
                        1024,
                        Optional.of("test-server"),
                        Optional.empty(),
                        Optional.empty());
        return EmbeddedServer.start(
                new EmbeddedOptions(
                        folder.resolve("models"), EmbeddedOptions.LOOPBACK, 0, true, config));
    }
}
