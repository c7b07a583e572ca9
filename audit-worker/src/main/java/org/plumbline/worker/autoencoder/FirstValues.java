package org.plumbline.worker.autoencoder;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.autoencoder.VqVaeShape.Convolution;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What an auto-encoder begins with, drawn as PyTorch does. Immutable.
 *
 * @param parameters in the order of {@code vqvae.py}
 * @param buffers codebook {@code [codes, embedding]}, sizes of its clusters {@code [codes]}, sums
 *     of their members {@code [codes, embedding]}
 */
record FirstValues(List<FloatTensor> parameters, List<FloatTensor> buffers) {
    /** Copies the lists. */
    FirstValues {
        parameters = List.copyOf(parameters);
        buffers = List.copyOf(buffers);
    }

    static FirstValues of(VqVaeShape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<FloatTensor> parameters = new ArrayList<>();
        for (Convolution convolution : shape.convolutions()) {
            double bound = 1 / Math.sqrt((double) convolution.fan());
            long[] weights = convolution.weights().stream().mapToLong(Long::longValue).toArray();
            parameters.add(uniform(random, bound, weights));
            if (convolution.biases() > 0) {
                parameters.add(uniform(random, bound, convolution.biases()));
            }
        }
        long[] book = {shape.codes(), shape.embedding()};
        return new FirstValues(
                parameters,
                List.of(
                        normal(random, book),
                        FloatTensor.zeros(shape.codes()),
                        normal(random, book)));
    }

    private static FloatTensor uniform(SplittableRandom random, double bound, long... shape) {
        FloatTensor values = FloatTensor.zeros(shape);
        for (int i = 0; i < values.values().length; i++) {
            values.values()[i] = (float) (bound * (2 * random.nextDouble() - 1));
        }
        return values;
    }

    private static FloatTensor normal(SplittableRandom random, long... shape) {
        FloatTensor values = FloatTensor.zeros(shape);
        for (int i = 0; i < values.values().length; i++) {
            values.values()[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
