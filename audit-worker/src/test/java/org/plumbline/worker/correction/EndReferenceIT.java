package org.plumbline.worker.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.store.Json;
import org.plumbline.worker.training.Shuffle;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The first epoch of {@code end} on the published network against PyTorch's, which {@code
 * src/test/python/end_reference.py} computed from the same weights, images and order.
 */
class EndReferenceIT {
    private static final Path REFERENCE = Path.of("src", "test", "resources", "end");
    private static final int IMAGES = 128;
    private static final int CLASSES = 10;
    private static final int SEED = 5;
    private static final int PIXELS = 28 * 28;

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"true, published_pair_mask", "false, symmetric_pair_mask"})
    void theFirstEpochsLossesAreThoseOfTheReference(String published, String key)
            throws IOException {
        JsonNode reference = Json.mapper().readTree(REFERENCE.resolve("first_epoch.json").toFile());
        int[] order = Json.mapper().convertValue(reference.path("order"), int[].class);
        assertThat(new Shuffle(SEED, IMAGES).epoch(1)).containsExactly(order);

        List<TrainingStep> steps = train(published);

        JsonNode expected = reference.path(key);
        assertThat(steps).hasSize(expected.size());
        for (int i = 0; i < steps.size(); i++) {
            for (String loss : List.of("loss", "cross_entropy", "disentangling", "entangling")) {
                // Adam's first steps divide by the gradient's size and blow rounding up
                assertThat(steps.get(i).losses().get(loss))
                        .as("%s of step %d", loss, i)
                        .isCloseTo(
                                expected.path(i).path(loss).asDouble(),
                                within(i == 0 ? 2e-6 : 2e-3));
            }
        }
    }

    private List<TrainingStep> train(String published) throws IOException {
        List<TrainingStep> steps = new ArrayList<>();
        Corrector.run(
                new CorrectionTask(
                        network(),
                        data(),
                        Optional.of(new LayerPath("normalise")),
                        Optional.empty(),
                        OptionalInt.empty(),
                        Correction.of(
                                "end",
                                Map.of(
                                        "alpha", "0.7",
                                        "beta", "0.9",
                                        "epochs", "1",
                                        "batch_size", "32",
                                        "seed", String.valueOf(SEED),
                                        "legacy_pair_mask", published)),
                        folder.resolve("out.pt"),
                        folder,
                        Device.cpu()),
                new TrainingListener() {
                    @Override
                    public void onStep(TrainingStep step) {
                        if (step.phase().equals("train")) {
                            steps.add(step);
                        }
                    }

                    @Override
                    public boolean cancelled() {
                        return false;
                    }
                });
        return steps;
    }

    /** The script's weights, whose numbers are those of its named parameters. */
    private Path network() throws IOException {
        Map<String, FloatTensor> weights = new LinkedHashMap<>();
        int[] widths = {3, 16, 32, 64, 128};
        for (int i = 0; i < 4; i++) {
            double bound = Math.sqrt(3 * 2 / (widths[i + 1] * 49.0));
            int count = widths[i + 1] * widths[i] * 49;
            weights.put(
                    "extractor." + (3 * i) + ".weight",
                    FloatTensor.of(
                            scaled(uniform(count, 4 * i), bound), widths[i + 1], widths[i], 7, 7));
        }
        weights.put(
                "fc.weight",
                FloatTensor.of(
                        scaled(uniform(CLASSES * 128, 16), Math.pow(128, -0.5)), CLASSES, 128));
        Path file = folder.resolve("network.pt");
        try (Archive empty = Archive.open(REFERENCE.resolve("simple_conv_net.pt"))) {
            RepairedArchive.patch(empty, weights, file);
        }
        return file;
    }

    private AuditDataset data() throws IOException {
        long[] labels = IntStream.range(0, IMAGES).mapToLong(i -> i % CLASSES).toArray();
        long[] bias =
                IntStream.range(0, IMAGES)
                        .mapToLong(i -> i % 4 == 3 ? (labels[i] + 3) % CLASSES : labels[i])
                        .toArray();
        float[] images = scaled(uniform(IMAGES * 3 * PIXELS, 99), 0.25);
        for (int p = 0; p < images.length; p++) {
            int i = p / (3 * PIXELS);
            int channel = p / PIXELS % 3;
            images[p] += 0.25f * ((bias[i] * (channel + 1)) % 5 - 2);
            images[p] += p / 28 % 28 == 2 * labels[i] + 2 ? 0.5f : 0;
        }
        Path set = Files.createDirectories(folder.resolve("data"));
        NpyFile.write(set.resolve("inputs.npy"), FloatTensor.of(images, IMAGES, 3, 28, 28));
        NpyFile.write(set.resolve("labels.npy"), labels);
        NpyFile.write(set.resolve("bias_labels.npy"), bias);
        return AuditDataset.load(set);
    }

    private static float[] uniform(int count, int salt) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            long u = ((i + 1 + 1_000_003L * salt) * 2_654_435_761L) & 0xffff_ffffL;
            u = ((u ^ (u >> 15)) * 2_246_822_519L) & 0xffff_ffffL;
            values[i] = (float) (u / 2_147_483_648.0 - 1);
        }
        return values;
    }

    private static float[] scaled(float[] values, double factor) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = values[i] * (float) factor;
        }
        return scaled;
    }
}
