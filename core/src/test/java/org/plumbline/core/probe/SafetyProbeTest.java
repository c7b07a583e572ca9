package org.plumbline.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ArchiveForge;
import org.plumbline.core.torchscript.TestArchives;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Archives that pass every static check and may still not run in our process. */
class SafetyProbeTest {
    private static final List<Long> BATCH = List.of(2L, 1L, 8L, 8L);
    private static final ProbeLimits GENEROUS = new ProbeLimits(Duration.ofMinutes(2), 4L << 30);

    @TempDir Path folder;

    @Test
    void aSoundArchivePassesWithItsOutputShapeAndPeakMemory() {
        ProbeReport report = SafetyProbe.run(TestArchives.small("residual"), plain(GENEROUS));

        assertThat(report.output()).containsExactly(2L, 3L);
        assertThat(report.memoryBytes()).isBetween(50L << 20, 4L << 30);
    }

    @Test
    void aSoundArchivePassesWithAuditMethodsAtALayer() {
        ProbeReport report =
                SafetyProbe.run(
                        TestArchives.small("residual"),
                        new ProbeRequest(BATCH, Optional.of(new LayerPath("conv")), GENEROUS));

        assertThat(report.output()).containsExactly(2L, 3L);
    }

    @Test
    void aLayerThatCannotBeTappedIsSaidSo() {
        ProbeRequest request =
                new ProbeRequest(BATCH, Optional.of(new LayerPath("nowhere")), GENEROUS);

        assertRefused(TestArchives.small("residual"), request, ErrorCode.LAYER_NOT_TAPPABLE)
                .hasMessageContaining("nowhere");
    }

    @Test
    void aBatchTheModelCannotTakeIsSaidSo() {
        ProbeRequest request =
                new ProbeRequest(List.of(2L, 7L, 8L, 8L), Optional.empty(), GENEROUS);

        assertRefused(TestArchives.small("residual"), request, ErrorCode.BAD_DATA)
                .hasMessageContaining("inputs: [2, 7, 8, 8]");
    }

    @Test
    void anEndlessLoopIsCutOffAtTheTimeLimit() throws IOException {
        Path archive =
                forward(
                        "    while True:\n      x = torch.add(x, 1)\n    return torch.flatten(x, 1)\n");

        assertRefused(archive, plain(new ProbeLimits(Duration.ofSeconds(6), 4L << 30)))
                .hasMessageContaining("probe time: over 6.0 s");
    }

    @Test
    void memoryInStraightLineCodeIsCutOffAtTheMemoryLimit() throws IOException {
        Path archive = forward("    return torch.ones([2, 400000000])\n");

        assertRefused(archive, plain(new ProbeLimits(Duration.ofMinutes(2), 600L << 20)))
                .hasMessageContaining("probe memory: over 629145600 bytes");
    }

    @Test
    void anAllocationOf64GigabytesIsRefusedForItsMemory() throws IOException {
        Path archive = forward("    return torch.ones([2, 8000000000])\n");

        assertThatThrownBy(() -> SafetyProbe.run(archive, plain(GENEROUS)))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("memory");
    }

    @Test
    void anOutputThatIsNotFiniteIsRefused() throws IOException {
        Path archive = forward("    return torch.div(torch.flatten(x, 1), 0)\n");

        assertRefused(archive, plain(GENEROUS)).hasMessageContaining("not finite");
    }

    /** Importing a type imports those of its attributes first, by recursion in native code. */
    @Test
    void aNativeStackOverflowIsReportedAsACrash() throws IOException {
        StringBuilder code = new StringBuilder();
        int types = 4_000;
        for (int i = 0; i < types; i++) {
            code.append("class C").append(i).append("(Module):\n  __parameters__ = []\n");
            if (i + 1 < types) {
                code.append("  next : __torch__.C").append(i + 1).append('\n');
            }
            code.append("  training : bool\n");
        }
        ArchiveForge forge = ArchiveForge.of(TestArchives.small("residual"));
        String root = new String(forge.content("__torch__.py"), StandardCharsets.UTF_8);
        code.append(
                root.replace("  training : bool\n", "  next : __torch__.C0\n  training : bool\n"));
        Path archive =
                forge.put("__torch__.py", code.toString().getBytes(StandardCharsets.UTF_8))
                        .write(folder);

        assertRefused(archive, plain(GENEROUS)).hasMessageContaining("crashed with signal");
    }

    @Test
    void aShapeWithoutElementsIsRefusedBeforeAnythingStarts() {
        assertThatThrownBy(() -> new ProbeRequest(List.of(2L, 0L), Optional.empty(), GENEROUS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shape: [2, 0]");
        assertThatThrownBy(() -> new ProbeLimits(Duration.ofSeconds(1), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("memory: 1");
    }

    private static ProbeRequest plain(ProbeLimits limits) {
        return new ProbeRequest(BATCH, Optional.empty(), limits);
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertRefused(
            Path archive, ProbeRequest request) {
        return assertRefused(archive, request, ErrorCode.BAD_ARCHIVE);
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertRefused(
            Path archive, ProbeRequest request, ErrorCode code) {
        return assertThatThrownBy(() -> SafetyProbe.run(archive, request))
                .isInstanceOfSatisfying(
                        AuditException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** Returns an archive of another {@code forward} that passes every static check. */
    private Path forward(String body) throws IOException {
        ArchiveForge forge = ArchiveForge.of(TestArchives.small("residual"));
        String code = new String(forge.content("__torch__.py"), StandardCharsets.UTF_8);
        int from = code.indexOf("    fc = self.fc");
        int to = code.indexOf("  def block");
        String changed = code.substring(0, from) + body + code.substring(to);
        Path archive =
                forge.put("__torch__.py", changed.getBytes(StandardCharsets.UTF_8)).write(folder);
        Archive.open(archive).close();
        return archive;
    }
}
