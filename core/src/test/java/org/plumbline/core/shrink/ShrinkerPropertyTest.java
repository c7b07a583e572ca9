package org.plumbline.core.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.tap.ForwardRun;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.TestArchives;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class ShrinkerPropertyTest {
    private static final Path DEPLOYED = Path.of("..", "deploy", "models");

    @TempDir Path work;

    static Stream<Arguments> cases() {
        return Stream.of(
                        cases(TestArchives.small("sized_view.trace"), 5, 1, 12),
                        cases(TestArchives.small("sized_rows.script"), 3, 1, 12),
                        cases(TestArchives.small("tied.trace"), 5, 1, 12),
                        cases(TestArchives.small("tied.script"), 2, 1, 12),
                        cases(TestArchives.small("grouped.script"), 2, 1, 12),
                        cases(DEPLOYED.resolve("cmnist_cnn.pt"), 1, 3, 28),
                        cases(DEPLOYED.resolve("fashion_cnn.pt"), 1, 1, 28),
                        cases(DEPLOYED.resolve("fashion_convnet.pt"), 1, 1, 28),
                        cases(DEPLOYED.resolve("mlp.pt"), 1, 3, 28),
                        cases(TestArchives.zoo("torch1/resnet18.script"), 1, 3, 64),
                        cases(TestArchives.zoo("torch2/resnet18.trace"), 1, 3, 64),
                        cases(TestArchives.zoo("torch1/vgg16.trace"), 1, 3, 32),
                        cases(TestArchives.zoo("torch2/densenet121.trace"), 1, 3, 32),
                        cases(TestArchives.zoo("torch2/mobilenet_v3_small.script"), 1, 3, 64))
                .flatMap(cases -> cases);
    }

    private static Stream<Arguments> cases(Path archive, int seeds, int channels, int extent) {
        return IntStream.range(0, seeds)
                .mapToObj(
                        seed ->
                                Arguments.of(
                                        archive.getFileName(), archive, seed, channels, extent));
    }

    /** Masked outputs and inputs, random biases and statistics: the answers stay. */
    @ParameterizedTest(name = "{0}, seed {2}")
    @MethodSource("cases")
    void answersStayAndNothingGrows(Path name, Path source, int seed, int channels, int extent)
            throws IOException {
        MaskedArchive drawn = MaskedArchive.of(source, seed);
        Path masked =
                drawn.masked(0.25 + 0.15 * (seed % 3), 0.1 * (seed % 2))
                        .write(work.resolve("m.pt"));
        FloatTensor seen = UsualInputs.noise(seed, 3, channels, extent, extent);
        Path out = work.resolve("out.pt");

        Shrinking shrinking = new Shrinker(() -> seen, work).shrink(masked, out);

        assertThat(shrinking.refused()).as("%s", shrinking.obstacle()).isFalse();
        assertThat(shrinking.isShrunk()).isTrue();
        ModelSize before = shrinking.before().orElseThrow();
        ModelSize after = shrinking.after().orElseThrow();
        assertThat(after.parameters()).isLessThan(before.parameters());
        assertThat(after.operations()).isLessThan(before.operations());
        FloatTensor unseen = UsualInputs.noise(seed + 1000, 5, channels, extent, extent);
        FloatTensor expected = logits(masked, unseen);
        assertThat(LogitComparison.of(expected, logits(out, unseen)).problem()).isEmpty();
    }

    private FloatTensor logits(Path archive, FloatTensor inputs) {
        try (ForwardRun run = ForwardRun.load(archive, work)) {
            return run.logits(inputs);
        }
    }
}
