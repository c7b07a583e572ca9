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
    private static final String ATTENTION = "encoder.layers.encoder_layer_0.self_attention";

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
    void aCutInsideALoopQuotesTheStatementAndTheLoop() throws IOException {
        TrainingPlan plan =
                TrainingPlan.live(List.of("fc.weight")).splitAt(new LayerPath("spin.conv"));
        try (Archive archive = Archive.open(TestArchives.zoo("torch2/branches.script"))) {
            Path out = folder.resolve("never.pt");
            assertThatThrownBy(() -> new Instrumenter(archive).training(plan, List.of(), out))
                    .hasMessageContaining("(spin).forward(")
                    .hasMessageContaining("stands in a loop, `while");
            assertThat(out).doesNotExist();
        }
    }

    @Test
    void aCutAtAnOperationSaysThatCorrectionsNeedModules() throws IOException {
        TrainingPlan plan = TrainingPlan.live(List.of("fc.weight")).splitAt(new LayerPath("add"));
        try (Archive archive = Archive.open(TestArchives.small("cnn"))) {
            Path out = folder.resolve("never.pt");
            assertThatThrownBy(() -> new Instrumenter(archive).training(plan, List.of(), out))
                    .hasMessageContaining("add is an operation: corrections cut models at modules");
        }
    }

    @Test
    void aLayerThatCannotBeTappedOffersTheNearestOne() throws IOException {
        LayerStatus skipped =
                layer("torch2/efficientnet_b0.script", "features.2.0.stochastic_depth");
        assertThat(skipped.obstacle())
                .contains("it is not called where features.2.0.use_res_connect is False");
        assertThat(skipped.offer()).contains("features.2.0");
        assertThat(layer("torch2/nested.fx_script", "blocks.1").offer()).contains("blocks.1.act");
        assertThat(layer("torch2/borders.trace", "identity").offer()).contains("join");
        assertThat(layer("torch2/swin_t.script", "features.1.0.attn.qkv").offer())
                .contains("features.1.0.attn");
    }

    @Test
    void refusingALayerNamesTheOffer() {
        assertThatThrownBy(
                        () ->
                                tapAt(
                                        TestArchives.zoo("torch1/vit_b_16.trace"),
                                        ATTENTION + ".out_proj"))
                .hasMessageContaining("forward never calls")
                .hasMessageEndingWith("(expected: a tappable layer, such as " + ATTENTION + ")");
    }

    @Test
    void anElementThatIsNotReturnedIsNoLayer() {
        for (String layer : List.of("pair.2", "struct.third", "pair.left.0", "fc.0")) {
            assertThatThrownBy(() -> tapAt(TestArchives.zoo("torch2/structured.script"), layer))
                    .as(layer)
                    .hasMessageContaining("no such layer");
        }
    }

    @Test
    void aSplitSaysWhatPreventsIt() throws IOException {
        String branches = "torch2/branches.script";
        assertThat(layer(branches, "yes").splitObstacle()).isEmpty();
        assertThat(layer(branches, "inner.conv").splitObstacle()).isEmpty();
        assertThat(layer(branches, "loop").splitObstacle())
                .hasValueSatisfying(r -> assertThat(r).contains("stands in a loop, `for "));
        assertThat(layer("torch2/structured.script", "pair").splitObstacle())
                .contains("Pair returns Tuple[Tensor, Tensor], not a Tensor");
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
        tapAt(TestArchives.reference(model), layer);
    }

    private void tapAt(Path file, String layer) throws IOException {
        try (Archive archive = Archive.open(file)) {
            new Instrumenter(archive)
                    .audit(new LayerPath(layer), Optional.empty(), folder.resolve("tapped.pt"));
        }
    }

    private static LayerStatus layer(String model, String path) throws IOException {
        try (Archive archive = Archive.open(TestArchives.zoo(model))) {
            return new Instrumenter(archive)
                    .layers().stream()
                            .filter(layer -> layer.path().equals(path))
                            .findFirst()
                            .orElseThrow();
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
