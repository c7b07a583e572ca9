package org.plumbline.plugin.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Archives with a loop of unstated length, first tried in a child process. */
class LoopingArchiveIT {
    @TempDir Path folder;

    /** Trials carry noise in [0, 1); the request has pixels below 0. */
    @Test
    void anEndlessLoopLeavesThePlainModelAndTheStateNamesTheLimit() throws Exception {
        looping("torch.ge(torch.min(x), 0)", "probe: {seconds: 4}\n");
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            JsonNode model = http.json("/audit/models/cnn");
            assertThat(model.path("state").asText()).isEqualTo("misconfigured");
            assertThat(model.path("reason").asText()).startsWith("probe time: over 4.0 s");
            assertThat(http.predict("cnn", belowZero()).rows()).isEqualTo(1);
            assertThat(http.text("/metrics")).contains("state=\"misconfigured\"} 1");
        }
    }

    @Test
    void aLoopThatEndsIsAudited() throws Exception {
        looping("torch.lt(torch.min(x), -9)", "");
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            assertThat(http.json("/audit/models/cnn").path("reason").asText()).isEmpty();
            TestHost.sendAudited(http, "cnn", belowZero(), 1);
        }
    }

    private void looping(String condition, String more) throws Exception {
        Path model =
                ModelFolders.audited(folder.resolve("models"), "cnn", ModelFolders.LAYER, more);
        Path archive = folder.resolve("looping.pt");
        ModelFolders.looping(condition, archive);
        Files.move(archive, model.resolve("model.pt"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static FloatTensor belowZero() {
        FloatTensor image = ModelFolders.images().slice(0, 1);
        image.values()[0] = -1;
        return image;
    }
}
