package org.plumbline.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

class StaleProcessesTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void aProcessThatWasNotedIsEnded() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        StaleProcesses.remember(folder, process.toHandle());
        StaleProcesses.end(folder);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aProcessOfTheSameNumberStartedAtAnotherTimeIsNotOurs() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(
                    folder.resolve("processes.txt"), process.pid() + " 2001-01-01T00:00:00Z\n");
            StaleProcesses.end(folder);
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void withoutAnEarlierRunThereIsNothingToEnd() throws Exception {
        StaleProcesses.end(folder.resolve("none"));
        assertThat(folder).isEmptyDirectory();
    }
}
