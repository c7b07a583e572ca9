package org.plumbline.core.fairwashing;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Collection;

/**
 * How far a method's map is from those of other methods: 1 less the mean Pearson correlation, in
 * [0, 2]. An attack on one method leaves the others behind. NaN where a map is constant.
 * Thread-safe.
 */
public final class MethodGap {
    private MethodGap() {}

    /**
     * Returns the statistic of every input.
     *
     * @param maps {@code [n, h, w]}
     * @param others of the same inputs, at least one method
     */
    public static double[] of(FloatTensor maps, Collection<FloatTensor> others) {
        MapDirections own = MapDirections.of(maps);
        double[] means = new double[own.rows()];
        for (FloatTensor other : others) {
            double[] gaps = ProjectionGap.gap(own, MapDirections.of(other));
            for (int i = 0; i < means.length; i++) {
                means[i] += gaps[i] / others.size();
            }
        }
        return means;
    }
}
