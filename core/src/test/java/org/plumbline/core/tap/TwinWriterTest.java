package org.plumbline.core.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.instrument.LayerStatus;
import org.plumbline.core.instrument.TwinWriter;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.Initialiser;
import org.plumbline.core.torchscript.RepairedArchive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** An archive of two networks answers with the sum of what each answers alone. */
class TwinWriterTest {
    private static final Path MODELS = Path.of("src/test/resources/reference/models");

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mlp.script",
                "mlp.trace",
                "small_cnn.script",
                "small_cnn.trace",
                "resnet18.script",
                "resnet18.trace"
            })
    void logitsAreTheSumOfBothNetworks(String name) throws IOException {
        Path source = MODELS.resolve(name + ".pt");
        Path other = folder.resolve("other.pt");
        Path twins = folder.resolve("twins.pt");
        Path both = folder.resolve("both.pt");
        try (Archive archive = Archive.open(source)) {
            Map<String, FloatTensor> drawn =
                    new Initialiser(archive, Initialiser.Convolutions.UNIFORM).draw(3);
            RepairedArchive.patch(archive, drawn, other);
            TwinWriter.write(archive, twins);
            Map<String, FloatTensor> twin = new LinkedHashMap<>();
            drawn.forEach((n, v) -> twin.put(TwinWriter.ATTRIBUTE + "." + n, v));
            try (Archive opened = Archive.open(twins)) {
                RepairedArchive.patch(opened, twin, both);
                assertThat(opened.parameters()).hasSize(2 * archive.parameters().size());
            }
            // modules keep their paths, and can be tapped as before
            assertThat(paths(both)).containsAll(paths(source));
        }
        FloatTensor x = images(name.startsWith("resnet") ? 64 : 28);
        float[] first = logits(source, x);
        float[] second = logits(other, x);
        float[] doubled = logits(twins, x);
        float[] sum = logits(both, x);
        for (int i = 0; i < sum.length; i++) {
            assertThat(doubled[i]).isEqualTo(first[i] + first[i]);
            assertThat(sum[i]).isEqualTo(first[i] + second[i]);
        }
    }

    @Test
    void twoNetworksAreNotDoubledAgain() throws IOException {
        Path twins = folder.resolve("twins.pt");
        try (Archive archive = Archive.open(MODELS.resolve("mlp.script.pt"))) {
            TwinWriter.write(archive, twins);
        }
        try (Archive archive = Archive.open(twins)) {
            Path out = folder.resolve("four.pt");
            assertThatThrownBy(() -> TwinWriter.write(archive, out))
                    .hasMessageContaining("has two networks already");
        }
    }

    private static List<String> paths(Path archive) throws IOException {
        try (Archive opened = Archive.open(archive)) {
            return new Instrumenter(opened)
                    .layers().stream()
                            .filter(s -> s.obstacle().isEmpty())
                            .map(LayerStatus::path)
                            .toList();
        }
    }

    private float[] logits(Path archive, FloatTensor x) throws IOException {
        String last;
        try (Archive opened = Archive.open(archive)) {
            List<LayerStatus> layers = new Instrumenter(opened).layers();
            last = layers.get(0).path();
        }
        TapSpec spec = new TapSpec(new LayerPath(last), folder, Device.cpu());
        try (TappedModel model = TappedModel.load(archive, spec)) {
            return model.observe(x).logits().values();
        }
    }

    private static FloatTensor images(int side) {
        SplittableRandom random = new SplittableRandom(5);
        FloatTensor x = FloatTensor.zeros(4, 3, side, side);
        for (int i = 0; i < x.values().length; i++) {
            x.values()[i] = (float) random.nextDouble();
        }
        return x;
    }
}
