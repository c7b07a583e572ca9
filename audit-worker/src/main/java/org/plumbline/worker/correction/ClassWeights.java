package org.plumbline.worker.correction;

import org.plumbline.core.tensor.DenseVector;

import java.util.Arrays;

/** Weights of classes in the cross-entropy. */
final class ClassWeights {
    private static final double EPSILON = 1e-8;

    private ClassWeights() {}

    /**
     * Returns {@code [n_c > 0] max(n) / (n_c + 1e-8)} over all rows of a data set.
     *
     * <p>Source: frederikpahde/rrclarc, weights of the data sets.
     */
    static DenseVector inverseFrequency(long[] labels, int classes) {
        long[] counts = new long[classes];
        Arrays.stream(labels).forEach(label -> counts[(int) label]++);
        double most = Arrays.stream(counts).max().orElse(0);
        return DenseVector.copyOf(
                Arrays.stream(counts)
                        .mapToDouble(n -> n == 0 ? 0 : most / (n + EPSILON))
                        .toArray());
    }

    /** Returns a weight of 1 for every class. */
    static DenseVector equal(int classes) {
        double[] ones = new double[classes];
        Arrays.fill(ones, 1);
        return DenseVector.copyOf(ones);
    }
}
