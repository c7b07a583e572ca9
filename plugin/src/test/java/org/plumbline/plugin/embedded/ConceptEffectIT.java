package org.plumbline.plugin.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;

import java.nio.file.Path;

/** Concepts are removed from live traffic, with the real engine. */
class ConceptEffectIT {
    private static final int REQUESTS = 384;

    @TempDir Path folder;

    @Test
    void aShareOfTheAuditsRemovesTheConcept() {
        ModelFolders.audited(folder.resolve("models"), "cnn", ModelFolders.LAYER, "");
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            FloatTensor images = ModelFolders.images();
            TestHost.sendAudited(http, "cnn", images, REQUESTS);
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
}
