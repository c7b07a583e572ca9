package org.plumbline.cli.bench;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A committed model as servers of the benchmark serve it, with a concept of noise that it is
 * audited for. Immutable.
 *
 * @param layer audited
 * @param shape of one input
 */
record ServedCase(String name, String layer, List<Long> shape) {
    static final ServedCase SMALL_CNN =
            new ServedCase("fashion_cnn", "features.8", List.of(1L, 28L, 28L));
    static final ServedCase RESNET_18 =
            new ServedCase("resnet18", "layer4.1.conv2", List.of(3L, 224L, 224L));
    static final String CONCEPT = "corner";
    private static final int EXAMPLES = 8;
    private static final long SEED = 20260101;

    ServedCase {
        shape = List.copyOf(shape);
    }

    /**
     * Writes a model folder with drawn weights and returns the folder to serve.
     *
     * @param models folder of the committed archives
     * @param rate share of requests that are audited
     */
    Path prepare(Path models, Path work, double rate) throws IOException {
        Path all = work.resolve(name);
        Path folder = Files.createDirectories(all.resolve(name));
        Skeleton.fill(models.resolve(name + ".pt"), folder.resolve(name + ".pt"), SEED);
        Files.writeString(
                folder.resolve("serving.properties"),
                "engine=PyTorch\noption.modelName=" + name + "\n");
        Files.writeString(
                folder.resolve("plumbline.yaml"),
                String.format(
                        Locale.ROOT,
                        """
                layer: %s
                target: 0
                sampling: {rate: %s}
                concepts:
                  - {name: %s, positives: with.npy, negatives: without.npy}
                """,
                        layer,
                        rate,
                        CONCEPT));
        NpyFile.write(folder.resolve("with.npy"), examples(true));
        NpyFile.write(folder.resolve("without.npy"), examples(false));
        return all;
    }

    private FloatTensor examples(boolean corner) {
        float[] values = noise(EXAMPLES, corner ? 1 : 2);
        int side = Math.toIntExact(shape.get(2));
        if (corner) {
            for (int at = 0; at < values.length; at++) {
                boolean marked = at % side > side * 3 / 4 && at / side % side > side * 3 / 4;
                values[at] = marked ? 1 : values[at];
            }
        }
        return FloatTensor.of(values, batch(EXAMPLES));
    }

    /** Returns the body of a request, always the same. */
    byte[] request(int batch) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            return new NDList(manager.create(noise(batch, 3), new Shape(batch(batch)))).encode();
        }
    }

    private float[] noise(int batch, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[Math.toIntExact(FloatTensor.size(batch(batch)))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return values;
    }

    private long[] batch(int size) {
        return IntStream.range(0, 4).mapToLong(i -> i == 0 ? size : shape.get(i - 1)).toArray();
    }
}
