package org.plumbline.core.fairwashing;

import org.plumbline.core.tensor.FloatTensor;

/**
 * How far an explanation is from its projection on the tangent space: 1 less their Pearson
 * correlation, in [0, 2]. What an attack adds lies off the manifold, where data do not constrain
 * the gradient. NaN where a map is constant. Thread-safe.
 */
public final class ProjectionGap {
    private ProjectionGap() {}

    /**
     * Returns the statistic of every input.
     *
     * @param maps {@code [n, h, w]}
     * @param projected the same projected, {@code [n, h, w]}
     */
    public static double[] of(FloatTensor maps, FloatTensor projected) {
        return gap(MapDirections.of(maps), MapDirections.of(projected));
    }

    static double[] gap(MapDirections a, MapDirections b) {
        double[] gaps = new double[a.rows()];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = 1 - a.correlation(b, i);
        }
        return gaps;
    }
}
