package org.plumbline.core.shrink;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.DataKind;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.core.torchscript.StoredValues;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** An archive with random values and masked channels. Confined to one thread. */
final class MaskedArchive {
    private final SplittableRandom random;
    private final Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    private final Path source;

    private MaskedArchive(Path source, long seed) {
        this.source = source;
        random = new SplittableRandom(seed);
    }

    /** Draws every float tensor: weights, biases, statistics. */
    static MaskedArchive of(Path source, long seed) throws IOException {
        MaskedArchive masked = new MaskedArchive(source, seed);
        try (Archive archive = Archive.open(source)) {
            for (StoredTensor tensor : archive.tensors().values()) {
                if (tensor.kind() == DataKind.FLOAT32 && StoredValues.isAlone(archive, tensor)) {
                    masked.tensors.put(tensor.name(), masked.drawn(tensor));
                }
            }
        }
        return masked;
    }

    private FloatTensor drawn(StoredTensor tensor) {
        long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
        FloatTensor values = FloatTensor.zeros(shape);
        boolean matrix = shape.length > 1;
        double width = matrix ? Math.sqrt(6.0 / Math.max(1, values.rowSize())) : 0.5;
        boolean positive = tensor.name().endsWith("running_var");
        for (int i = 0; i < values.values().length; i++) {
            double unit = 2 * random.nextDouble() - 1;
            values.values()[i] = (float) (positive ? 0.6 + 0.4 * unit : width * unit);
        }
        return values;
    }

    /** Zeroes whole outputs, and whole inputs, of every weight with some probability. */
    MaskedArchive masked(double outputs, double inputs) {
        tensors.values().stream().filter(t -> t.rank() > 1).forEach(t -> mask(t, outputs, inputs));
        return this;
    }

    private void mask(FloatTensor weight, double outputs, double inputs) {
        int kernel = weight.rowSize() / Math.max(1, weight.extent(1));
        for (int input = 0; input < weight.extent(1); input++) {
            if (random.nextDouble() < inputs) {
                for (int output = 0; output < weight.rows(); output++) {
                    fill(weight, (output * weight.extent(1) + input) * kernel, kernel);
                }
            }
        }
        for (int output = 0; output < weight.rows(); output++) {
            if (random.nextDouble() < outputs) {
                fill(weight, output * weight.rowSize(), weight.rowSize());
            }
        }
    }

    private static void fill(FloatTensor weight, int from, int count) {
        Arrays.fill(weight.values(), from, from + count, 0);
    }

    /** Sets entries of one tensor. */
    MaskedArchive with(String name, float value, int... entries) {
        for (int entry : entries) {
            tensor(name).values()[entry] = value;
        }
        return this;
    }

    /** Sets all entries of one tensor. */
    MaskedArchive filled(String name, float value) {
        Arrays.fill(tensor(name).values(), value);
        return this;
    }

    /** Zeroes some rows of a weight. */
    MaskedArchive without(String name, int... rows) {
        FloatTensor weight = tensor(name);
        for (int row : rows) {
            fill(weight, row * weight.rowSize(), weight.rowSize());
        }
        return this;
    }

    Path write(Path out) throws IOException {
        try (Archive archive = Archive.open(source)) {
            RepairedArchive.patch(archive, tensors, out);
        }
        return out;
    }

    /** Zeroes a run of inputs of a weight of a linear layer. */
    MaskedArchive withoutInputs(String name, int from, int count) {
        FloatTensor weight = tensor(name);
        for (int row = 0; row < weight.rows(); row++) {
            fill(weight, row * weight.rowSize() + from, count);
        }
        return this;
    }

    private FloatTensor tensor(String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    static float[] values(Archive archive, String name) {
        return StoredValues.read(archive, name).values();
    }
}
