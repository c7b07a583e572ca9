package org.plumbline.worker.autoencoder;

import java.util.ArrayList;
import java.util.List;

/**
 * Sizes of a vector-quantised auto-encoder. Immutable.
 *
 * @param channels of the images
 * @param hidden channels inside, even
 * @param residual channels inside residual blocks
 * @param embedding values of a code
 * @param codes in the codebook, at least 2
 */
public record VqVaeShape(int channels, int hidden, int residual, int embedding, int codes) {
    /** Images are halved twice: their sides are multiples of this. */
    public static final int REDUCTION = 4;

    private static final long NO_BIAS = 0;

    /** Checks the ranges. */
    public VqVaeShape {
        if (channels < 1 || hidden < 2 || hidden % 2 != 0 || residual < 1 || embedding < 1) {
            throw new IllegalArgumentException(
                    "shape: "
                            + List.of(channels, hidden, residual, embedding)
                            + " (expected: positive, hidden even)");
        }
        if (codes < 2) {
            throw new IllegalArgumentException("codes: " + codes + " (expected: >= 2)");
        }
    }

    /** Returns the published sizes. */
    public static VqVaeShape published(int channels) {
        return new VqVaeShape(channels, 128, 32, 64, 512);
    }

    /**
     * One convolution, the weights of which come before its bias. Immutable.
     *
     * @param weights {@code [out, in, k, k]}; {@code [in, out, k, k]} where transposed
     * @param biases 0 without
     */
    record Convolution(List<Long> weights, long biases) {
        /** Copies the extents. */
        Convolution {
            weights = List.copyOf(weights);
        }

        /** Returns the inputs of an output as PyTorch counts them to draw first values. */
        long fan() {
            return weights.get(1) * weights.get(2) * weights.get(3);
        }
    }

    /** Returns all convolutions in the order of {@code vqvae.py}. */
    List<Convolution> convolutions() {
        List<Convolution> all = new ArrayList<>();
        all.add(of(hidden / 2, channels, 4, hidden / 2));
        all.add(of(hidden, hidden / 2, 4, hidden));
        all.add(of(hidden, hidden, 3, hidden));
        residuals(all);
        all.add(of(embedding, hidden, 1, embedding));
        all.add(of(hidden, embedding, 3, hidden));
        residuals(all);
        all.add(of(hidden, hidden / 2, 4, hidden / 2)); // transposed: [in, out, k, k]
        all.add(of(hidden / 2, channels, 4, channels));
        return all;
    }

    private void residuals(List<Convolution> all) {
        for (int block = 0; block < 2; block++) {
            all.add(of(residual, hidden, 3, NO_BIAS));
            all.add(of(hidden, residual, 1, NO_BIAS));
        }
    }

    private static Convolution of(long out, long in, long side, long biases) {
        return new Convolution(List.of(out, in, side, side), biases);
    }
}
