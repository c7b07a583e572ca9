package org.plumbline.core.instrument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.TestArchives;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

class InstrumenterTest {
    @TempDir Path folder;

    @Test
    void aWrongPathNamesNearMatches() throws IOException {
        assertThatThrownBy(() -> tap("small_cnn.trace", "feature.8"))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.LAYER_NOT_TAPPABLE))
                .hasMessageContaining("no such layer")
                .hasMessageContaining("features.8");
    }

    @Test
    void aLayerThatForwardNeverCallsSaysSo() throws IOException {
        assertThat(obstacles("branch").get("unused"))
                .hasValueSatisfying(r -> assertThat(r).isEqualTo("forward never calls unused"));
    }

    @Test
    void aCutInsideABranchNamesTheStatement() throws IOException {
        TrainingPlan plan =
                new TrainingPlan(
                        Optional.empty(),
                        Optional.of(new LayerPath("second")),
                        new Objective.CrossEntropy(),
                        Optimizer.SGD,
                        List.of("fc.weight"),
                        false,
                        false);
        try (Archive archive = Archive.open(TestArchives.small("branch"))) {
            Path out = folder.resolve("never.pt");
            assertThatThrownBy(() -> new Instrumenter(archive).training(plan, List.of(), out))
                    .hasMessageContaining("(second).forward(")
                    .hasMessageContaining("stands in a branch or loop");
            assertThat(out).doesNotExist();
        }
    }

    @Test
    void aCutAtAnOperationSaysThatCorrectionsNeedModules() throws IOException {
        TrainingPlan plan =
                new TrainingPlan(
                        Optional.empty(),
                        Optional.of(new LayerPath("add")),
                        new Objective.CrossEntropy(),
                        Optimizer.SGD,
                        List.of("fc.weight"),
                        false,
                        false);
        try (Archive archive = Archive.open(TestArchives.small("cnn"))) {
            Path out = folder.resolve("never.pt");
            assertThatThrownBy(() -> new Instrumenter(archive).training(plan, List.of(), out))
                    .hasMessageContaining("add is an operation: corrections cut models at modules");
        }
    }

    @Test
    void everyModuleOfThePlainModelsCanBeTapped() throws IOException {
        for (String name :
                List.of("small_cnn.trace", "small_cnn.script", "mlp.trace", "mlp.script")) {
            try (Archive archive = Archive.open(TestArchives.reference(name))) {
                assertThat(new Instrumenter(archive).layers())
                        .as(name)
                        .isNotEmpty()
                        .allSatisfy(layer -> assertThat(layer.obstacle()).isEmpty());
            }
        }
    }

    @Test
    void forwardAndEveryWeightStayAsTheyAre() throws IOException {
        Path source = TestArchives.reference("resnet18.script");
        Path out = folder.resolve("tapped.pt");
        try (Archive archive = Archive.open(source)) {
            new Instrumenter(archive).audit(new LayerPath("layer4.1.conv2"), Optional.empty(), out);
        }
        try (Archive before = Archive.open(source);
                Archive after = Archive.open(out)) {
            for (String entry : after.entries()) {
                byte[] old = before.read(entry, Integer.MAX_VALUE).orElseThrow();
                byte[] now = after.read(entry, Integer.MAX_VALUE).orElseThrow();
                if (entry.startsWith("code/")) {
                    assertThat(withoutAdditions(now)).as(entry).isEqualTo(text(old));
                } else {
                    assertThat(now).as(entry).isEqualTo(old);
                }
            }
        }
    }

    /** Drops every method whose name contains {@code plumbline}. */
    private static String withoutAdditions(byte[] code) {
        StringBuilder kept = new StringBuilder();
        boolean ours = false;
        for (String line : text(code).split("(?<=\n)", -1)) {
            if (line.startsWith("  def ")) {
                ours = line.contains("plumbline_");
            } else if (!line.startsWith("    ")) {
                ours = false;
            }
            kept.append(ours ? "" : line);
        }
        return kept.toString();
    }

    private static String text(byte[] code) {
        return new String(code, StandardCharsets.UTF_8);
    }

    private void tap(String model, String layer) throws IOException {
        try (Archive archive = Archive.open(TestArchives.reference(model))) {
            new Instrumenter(archive)
                    .audit(new LayerPath(layer), Optional.empty(), folder.resolve("tapped.pt"));
        }
    }

    private static Map<String, Optional<String>> obstacles(String model) throws IOException {
        try (Archive archive = Archive.open(TestArchives.small(model))) {
            return new Instrumenter(archive)
                    .layers().stream()
                            .collect(Collectors.toMap(LayerStatus::path, LayerStatus::obstacle));
        }
    }
}
