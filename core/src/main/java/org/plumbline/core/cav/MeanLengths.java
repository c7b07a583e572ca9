package org.plumbline.core.cav;

import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

/**
 * Mean projections of two groups on a CAV, in units of activation. Immutable.
 *
 * @param clean mean of {@code a . h} over samples without the concept
 * @param artifact mean of {@code a . h} over samples with the concept
 */
public record MeanLengths(double clean, double artifact) {
    /**
     * Returns the mean projections of pooled activations {@code [n, d]}; NaN for an empty group.
     *
     * @param concept 1 with the concept, 0 without
     */
    public static MeanLengths of(FloatTensor activations, long[] concept, DenseVector cav) {
        double[] sum = new double[2];
        int[] count = new int[2];
        for (int i = 0; i < concept.length; i++) {
            int group = (int) concept[i];
            sum[group] += activations.row(i).dot(cav);
            count[group]++;
        }
        return new MeanLengths(sum[0] / count[0], sum[1] / count[1]);
    }
}
