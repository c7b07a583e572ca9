package org.plumbline.cli;

import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;

/**
 * How well projections on a CAV tell the two groups apart. Immutable.
 *
 * <p>Source: frederikpahde/rrclarc, CAV evaluation; the area under the curve is the exact rank
 * statistic instead of its thousand thresholds.
 *
 * @param separability {@code (mean artifact - mean clean) / sqrt(var clean + var artifact)} with
 *     population variances; larger is better
 * @param auc probability that a sample with the concept projects further than one without, ties
 *     half, in [0, 1]
 */
record CavQuality(double separability, double auc) {
    static CavQuality of(FloatTensor activations, long[] concept, DenseVector cav) {
        double[] projected = new double[concept.length];
        for (int i = 0; i < concept.length; i++) {
            projected[i] = activations.row(i).dot(cav);
        }
        double[] with = group(projected, concept, 1);
        double[] without = group(projected, concept, 0);
        double spread = Math.sqrt(variance(with) + variance(without));
        return new CavQuality((mean(with) - mean(without)) / spread, auc(with, without));
    }

    private static double[] group(double[] values, long[] concept, long wanted) {
        double[] out = new double[values.length];
        int size = 0;
        for (int i = 0; i < values.length; i++) {
            if (concept[i] == wanted) {
                out[size++] = values[i];
            }
        }
        return Arrays.copyOf(out, size);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).sum() / values.length;
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / values.length;
    }

    private static double auc(double[] with, double[] without) {
        double[] sorted = without.clone();
        Arrays.sort(sorted);
        double won = 0;
        for (double value : with) {
            int below = firstAtLeast(sorted, value);
            int upTo = firstAtLeast(sorted, Math.nextUp(value));
            won += below + (upTo - below) / 2.0;
        }
        return won / ((double) with.length * without.length);
    }

    private static int firstAtLeast(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
