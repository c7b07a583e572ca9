package org.plumbline.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

class DiskTest {
    @TempDir private Path folder;

    @Test
    void replacingLeavesOnlyTheNewFile() throws IOException {
        Path file = folder.resolve("a.json");
        Disk.replace(file, "old".getBytes(StandardCharsets.UTF_8));
        Disk.replace(file, "new".getBytes(StandardCharsets.UTF_8));
        assertThat(file).hasContent("new");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void deletingTakesWholeFoldersAndNothing() throws IOException {
        Files.createDirectories(folder.resolve("a/b"));
        Files.writeString(folder.resolve("a/b/c"), "x");
        Disk.delete(folder.resolve("a"));
        Disk.delete(folder.resolve("a"));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void deletingDoesNotFollowLinks() throws IOException {
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "x");
        Path inside = Files.createDirectories(folder.resolve("inside"));
        Files.createSymbolicLink(inside.resolve("link"), outside);
        Disk.delete(inside);
        assertThat(outside.resolve("kept")).exists();
    }

    @Test
    void aFolderThatCannotBeMadeIsOneClearLine() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> Disk.folder(file.resolve("below")))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED))
                .hasMessageContaining("expected: a disk to use");
    }

    @Test
    void aStateFolderHasOneHolder() {
        try (StateFolder held = StateFolder.lock(folder.resolve("state"))) {
            assertThat(held.folder("x")).isDirectory();
            assertThatThrownBy(() -> StateFolder.lock(folder.resolve("state")))
                    .hasMessageContaining("a folder no other worker uses");
        }
        StateFolder.lock(folder.resolve("state")).close();
    }
}
