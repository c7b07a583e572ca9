package org.plumbline.plugin.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.plugin.fixture.ModelFolders;
import org.plumbline.plugin.intercept.ServedId.ModelKey;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

class ModelCacheTest {
    private static final ModelKey KEY = new ModelKey("m", Optional.empty());

    @TempDir Path folder;

    @Test
    void copiesAKilledProcessLeftAreRemovedWhenAModelIsOpened() throws IOException {
        ModelCache cache = ModelCache.open(folder, KEY);
        Path left = copy(cache);
        Instant earlier = Instant.now().minus(Duration.ofHours(2));
        Files.setLastModifiedTime(left, FileTime.from(earlier));
        Path loading = copy(cache);
        ModelCache.open(folder, KEY);
        assertThat(left).doesNotExist();
        assertThat(loading.resolve("tapped.pt")).exists();
        cache.remove(loading);
        assertThat(loading).doesNotExist();
    }

    private static Path copy(ModelCache cache) {
        Path work = cache.workFolder();
        ModelFolders.write(work.resolve("tapped.pt"), "weights");
        return work;
    }
}
