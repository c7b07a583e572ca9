package org.plumbline.core.shrink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.instrument.channel.ShrinkPlan.LayerChange;
import org.plumbline.core.tap.ForwardRun;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ArchiveForge;
import org.plumbline.core.torchscript.TestArchives;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

class ShrinkerTest {
    private static final long SEED = 5;

    @TempDir Path work;

    private Shrinking shrunk(MaskedArchive masked) throws IOException {
        Path in = masked.write(work.resolve("in.pt"));
        FloatTensor inputs = UsualInputs.noise(SEED, 6, 1, 12, 12);
        requireVaried(in, inputs);
        Shrinking shrinking = new Shrinker(() -> inputs, work).shrink(in, work.resolve("out.pt"));
        assertThat(shrinking.refused()).as("%s", shrinking.obstacle()).isFalse();
        return shrinking;
    }

    /** Equal answers of a dead network would say nothing. */
    private void requireVaried(Path archive, FloatTensor inputs) {
        try (ForwardRun run = ForwardRun.load(archive, work)) {
            FloatTensor logits = run.logits(inputs);
            assertThat(logits.row(0).toArray()).isNotEqualTo(logits.row(1).toArray());
        }
    }

    private static MaskedArchive sized(String form) throws IOException {
        return MaskedArchive.of(TestArchives.small(form), SEED);
    }

    private static LayerChange layer(Shrinking shrinking, String path) {
        return shrinking.layers().stream()
                .filter(layer -> layer.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void outputsWithoutWeightsGoAndTheirConstantsMoveOn() throws IOException {
        // conv3 reads constants 0.7 and 0 after the activation, without padding: its batch
        // normalisation takes them
        Shrinking shrinking =
                shrunk(
                        sized("sized_view.trace")
                                .without("conv2.weight", 1, 4)
                                .with("conv2.bias", 0.7f, 1)
                                .with("conv2.bias", -0.3f, 4));

        assertThat(layer(shrinking, "conv2").keptOutputs()).isEqualTo(6);
        assertThat(layer(shrinking, "conv3").keptInputs()).isEqualTo(6);
        assertThat(shrinking.changed()).contains("bn3.running_mean").doesNotContain("bn3.weight");
    }

    @Test
    void foldedConstantsAreThoseOfAHandComputation() throws IOException {
        MaskedArchive masked = sized("sized_view.trace").without("conv2.weight", 3);
        masked.with("conv2.bias", 0.5f, 3).filled("conv3.weight", 0.125f);
        shrunk(masked);

        try (Archive before = Archive.open(work.resolve("in.pt"));
                Archive after = Archive.open(work.resolve("out.pt"))) {
            float[] old = MaskedArchive.values(before, "bn3.running_mean");
            float[] folded = MaskedArchive.values(after, "bn3.running_mean");
            for (int i = 0; i < old.length; i++) { // nine taps of 0.125 read 0.5
                assertThat(folded[i]).isCloseTo(old[i] - 9 * 0.125f * 0.5f, within(1e-6f));
            }
        }
    }

    @Test
    void constantsBehindZeroPaddingBecomeOne() throws IOException {
        MaskedArchive masked = sized("sized_rows.trace").without("conv1.weight", 0, 2, 3);
        masked.filled("bn1.weight", 1).filled("bn1.running_mean", -0.4f); // 0 becomes positive
        masked.with("bn1.bias", 0.2f, 0, 2, 3);
        Shrinking shrinking = shrunk(masked);

        LayerChange conv1 = layer(shrinking, "conv1");
        assertThat(conv1.keptOutputs()).isEqualTo(4);
        assertThat(conv1.constantLeft()).isEqualTo(1);
        assertThat(conv1.reason()).hasValueSatisfying(r -> assertThat(r).contains("zero padding"));
        assertThat(layer(shrinking, "conv2").keptInputs()).isEqualTo(4);
    }

    @Test
    void aLoneConstantBehindZeroPaddingStays() throws IOException {
        MaskedArchive masked = sized("sized_rows.trace").without("conv1.weight", 2);
        masked.with("bn1.weight", 1, 2).with("bn1.running_mean", -0.4f, 2).with("bn1.bias", 0, 2);
        Shrinking shrinking = shrunk(masked);

        assertThat(shrinking.isShrunk()).isFalse();
        assertThat(shrinking.obstacle()).contains("no channel can go");
        assertThat(Files.exists(work.resolve("out.pt"))).isFalse();
    }

    @Test
    void aConstantThatTheActivationCutsGoesDespitePadding() throws IOException {
        MaskedArchive masked = sized("sized_rows.trace").without("conv1.weight", 2);
        masked.with("bn1.weight", 1, 2).with("bn1.running_mean", 0.4f, 2).with("bn1.bias", 0, 2);
        Shrinking shrinking = shrunk(masked);

        assertThat(layer(shrinking, "conv1").keptOutputs()).isEqualTo(5);
    }

    @Test
    void outputsThatNobodyReadsGo() throws IOException {
        MaskedArchive masked = sized("sized_view.script").withoutInputs("fc1.weight", 16, 16);
        Shrinking shrinking = shrunk(masked); // all locations of conv3's second channel

        assertThat(layer(shrinking, "conv3").keptOutputs()).isEqualTo(4);
        assertThat(layer(shrinking, "fc1").keptInputs()).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sized_view.trace", "sized_view.script"})
    void sizesInTheCodeFollow(String form) throws IOException {
        shrunk(sized(form).withoutInputs("fc1.weight", 16, 16));

        assertThat(code(work.resolve("in.pt"))).contains("[-1, 80]");
        assertThat(code(work.resolve("out.pt"))).contains("[-1, 64]").doesNotContain("80]");
    }

    @Test
    void sizesThatScriptedLayersDeclareFollow() throws IOException {
        shrunk(sized("sized_view.script").withoutInputs("fc1.weight", 16, 16));

        assertThat(code(work.resolve("out.pt")))
                .contains("in_features : Final[int] = 64")
                .contains("num_features : Final[int] = 4")
                .doesNotContain("in_features : Final[int] = 80");
    }

    private static String code(Path file) throws IOException {
        try (Archive archive = Archive.open(file)) {
            StringBuilder code = new StringBuilder();
            for (String entry :
                    archive.entries().stream()
                            .filter(e -> e.endsWith(".py"))
                            .collect(Collectors.toList())) {
                code.append(
                        new String(
                                archive.read(entry, 1 << 20).orElseThrow(),
                                StandardCharsets.UTF_8));
            }
            return code.toString();
        }
    }

    @Test
    void aLayerWithoutAnyWeightKeepsOneOutput() throws IOException {
        MaskedArchive masked = MaskedArchive.of(TestArchives.small("tied.trace"), SEED);
        masked.without("left.weight", 0, 1, 2, 3).filled("left.bias", 0.3f);
        Shrinking shrinking = shrunk(masked);

        LayerChange left = layer(shrinking, "left");
        assertThat(left.keptOutputs()).isEqualTo(1);
        assertThat(left.reason()).contains("one of a layer must stay");
        assertThat(layer(shrinking, "last").keptInputs()).isEqualTo(5);
    }

    @Test
    void summandsGoTogetherOrNotAtAll() throws IOException {
        MaskedArchive masked = MaskedArchive.of(TestArchives.small("tied.script"), SEED);
        masked.without("block.weight", 0, 1, 2).without("stem.weight", 2, 3);
        Shrinking shrinking = shrunk(masked); // channel 2 alone is constant in both

        assertThat(layer(shrinking, "stem").keptOutputs()).isEqualTo(5);
        assertThat(layer(shrinking, "block").keptOutputs()).isEqualTo(5);
        assertThat(layer(shrinking, "block").reason()).contains("added to a channel that varies");
    }

    /** Constants of a weighted sum are not those of a plain one. */
    @Test
    void channelsOfAWeightedSumStay() throws IOException {
        Path weighted =
                ArchiveForge.of(TestArchives.small("tied.script"))
                        .replaceText(
                                "code/__torch__.py",
                                "torch.add((block).forward(x0, ), x0)",
                                "torch.add((block).forward(x0, ), x0, alpha=10)")
                        .write(work);
        MaskedArchive masked = MaskedArchive.of(weighted, SEED);
        masked.without("block.weight", 2).without("stem.weight", 2);
        masked.with("block.bias", 0.5f, 2).with("bn.bias", 0.5f, 2);
        Shrinking shrinking = shrunk(masked.without("left.weight", 3));

        assertThat(layer(shrinking, "stem").keptOutputs()).isEqualTo(6);
        assertThat(layer(shrinking, "block").keptOutputs()).isEqualTo(6);
        assertThat(layer(shrinking, "left").keptOutputs()).isEqualTo(3);
    }

    @Test
    void concatenatedChannelsGoOneByOne() throws IOException {
        MaskedArchive masked = MaskedArchive.of(TestArchives.small("tied.trace"), SEED);
        masked.without("left.weight", 3).without("right.weight", 0, 1);
        Shrinking shrinking = shrunk(masked);

        assertThat(layer(shrinking, "left").keptOutputs()).isEqualTo(3);
        assertThat(layer(shrinking, "right").keptOutputs()).isEqualTo(2);
        assertThat(layer(shrinking, "last").keptInputs()).isEqualTo(5);
    }

    @Test
    void whatAGroupedConvolutionReadsAndGivesStays() throws IOException {
        MaskedArchive masked = MaskedArchive.of(TestArchives.small("grouped.trace"), SEED);
        masked.without("first.weight", 1, 2).without("depth.weight", 3);
        masked.without("plain.weight", 0, 4);
        Shrinking shrinking = shrunk(masked);

        assertThat(layer(shrinking, "first").keptOutputs()).isEqualTo(8);
        assertThat(layer(shrinking, "first").constantLeft()).isEqualTo(2);
        assertThat(layer(shrinking, "plain").keptInputs()).isEqualTo(8);
        assertThat(layer(shrinking, "plain").keptOutputs()).isEqualTo(4);
        assertThat(shrinking.left()).containsOnlyKeys("pairs", "depth");
    }

    @Test
    void aSizeThatMeansSomethingElseIsNoticed() throws IOException {
        Path in =
                MaskedArchive.of(TestArchives.small("regrouped.trace"), SEED)
                        .without("conv2.weight", 1)
                        .without("conv3.weight", 1)
                        .write(work.resolve("in.pt"));
        FloatTensor inputs = UsualInputs.noise(SEED, 4, 1, 12, 12);

        Shrinking shrinking = new Shrinker(() -> inputs, work).shrink(in, work.resolve("out.pt"));

        assertThat(shrinking.refused()).isTrue();
        assertThat(shrinking.obstacle())
                .hasValueSatisfying(o -> assertThat(o).contains("4 samples"));
        assertThat(Files.exists(work.resolve("out.pt"))).isFalse();
    }

    @Test
    void anArchiveThatCannotBeFollowedStaysAndSaysWhy() {
        Shrinking shrinking =
                new Shrinker(
                                () -> {
                                    throw new AssertionError("no input is needed");
                                },
                                work)
                        .shrink(TestArchives.small("pair"), work.resolve("out.pt"));

        assertThat(shrinking.isShrunk()).isFalse();
        assertThat(shrinking.refused()).isFalse();
        assertThat(shrinking.obstacle())
                .hasValueSatisfying(o -> assertThat(o).contains("cannot be followed"));
    }

    @Test
    void aFrozenArchiveHasNoWeightsToShrink() {
        FloatTensor inputs = UsualInputs.noise(SEED, 2, 1, 8, 8);
        Shrinking shrinking =
                new Shrinker(() -> inputs, work)
                        .shrink(TestArchives.small("frozen"), work.resolve("out.pt"));

        assertThat(shrinking.obstacle()).contains("no channel can go");
        assertThat(shrinking.layers()).isEmpty();
    }

    @Test
    void shrinkingTwiceFindsNothingMore() throws IOException {
        MaskedArchive masked = sized("sized_view.trace").without("conv2.weight", 1, 4);
        shrunk(masked.without("conv1.weight", 0, 1, 2));
        Path again = work.resolve("again.pt");

        Shrinking second =
                new Shrinker(() -> UsualInputs.noise(SEED, 2, 1, 12, 12), work)
                        .shrink(work.resolve("out.pt"), again);

        assertThat(second.obstacle()).contains("no channel can go");
    }

    @Test
    void operationsAreThoseOfTheFormula() throws IOException {
        Shrinking shrinking = shrunk(sized("sized_view.trace").without("conv2.weight", 0));

        // outputs x inputs x 9 x locations of three convolutions, then the linear layers
        long multiplications =
                6 * 9 * 144 + 8 * 6 * 9 * 36 + 5 * 8 * 9 * 16 + 12 * 80 + 4 * 12 + 3 * 4;
        assertThat(shrinking.before().orElseThrow().operations()).isEqualTo(2 * multiplications);
        long fewer = 6 * 9 * 36 + 5 * 9 * 16;
        assertThat(shrinking.after().orElseThrow().operations())
                .isEqualTo(2 * (multiplications - fewer));
    }

    @Test
    void usualInputsAreOfAShapeTheModelTakes() {
        Path model = Path.of("..", "deploy", "models", "mlp.pt");

        assertThat(UsualInputs.find(model, work, 2, SEED).shape()).containsExactly(2, 3, 28, 28);
    }
}
