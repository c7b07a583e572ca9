package org.plumbline.plugin.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.probe.ProbeLimits;
import org.plumbline.core.probe.ProbeReport;
import org.plumbline.core.probe.ProbeRequest;
import org.plumbline.plugin.fixture.ModelFolders;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class LoopProbeTest {
    @TempDir Path folder;
    private final List<Path> tried = new ArrayList<>();
    private final LoopProbe probe =
            new LoopProbe(
                    (archive, request) -> {
                        tried.add(archive);
                        return new ProbeReport(List.of(1L, 10L), Duration.ofSeconds(1), 1);
                    });

    @Test
    void anArchiveWithoutSuchALoopIsNotTried() {
        Path archive = folder.resolve("model.pt");
        ModelFolders.copy("small_cnn.pt", archive);
        probe.requireEnding(archive, request(1));
        assertThat(tried).isEmpty();
    }

    @Test
    void aRepairOfWhatPassedIsNotTriedAgain() {
        Path archive = looping("torch.lt(torch.min(x), -9)", "model.pt");
        Path repaired = ModelFolders.repaired(archive, folder.resolve("repaired.pt"), 1);
        Path again = ModelFolders.repaired(repaired, folder.resolve("again.pt"), 2);
        probe.requireEnding(archive, request(1));
        probe.requireEnding(repaired, request(1));
        probe.requireEnding(again, request(1));
        assertThat(tried).containsExactly(archive);
    }

    @Test
    void aRepairWhoseProgramIsAnotherIsTried() {
        Path archive = looping("torch.lt(torch.min(x), -9)", "model.pt");
        Path other = looping("torch.lt(torch.min(x), -8)", "other.pt");
        Path repaired = ModelFolders.repaired(other, folder.resolve("repaired.pt"), 1);
        probe.requireEnding(archive, request(1));
        probe.requireEnding(repaired, request(1));
        assertThat(tried).containsExactly(archive, repaired);
    }

    @Test
    void inputsOfAnotherShapeAreTried() {
        Path archive = looping("torch.lt(torch.min(x), -9)", "model.pt");
        probe.requireEnding(archive, request(1));
        probe.requireEnding(archive, request(2));
        assertThat(tried).containsExactly(archive, archive);
    }

    @Test
    void whatFailedIsTriedAgain() {
        Path archive = looping("torch.lt(torch.min(x), -9)", "model.pt");
        LoopProbe failing =
                new LoopProbe(
                        (path, request) -> {
                            tried.add(path);
                            throw new AuditException(ErrorCode.BAD_ARCHIVE, "probe time: over 1 s");
                        });
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> failing.requireEnding(archive, request(1)))
                    .hasMessage("probe time: over 1 s");
        }
        assertThat(tried).hasSize(2);
    }

    private Path looping(String condition, String name) {
        Path archive = folder.resolve(name);
        ModelFolders.looping(condition, archive);
        return archive;
    }

    private static ProbeRequest request(long rows) {
        return new ProbeRequest(
                List.of(rows, 3L, 28L, 28L),
                Optional.of(new LayerPath(ModelFolders.LAYER)),
                ProbeLimits.DEFAULT);
    }
}
