package org.plumbline.core.fairwashing;

/**
 * What honest models of a calibration population showed for one signal. Immutable.
 *
 * @param mean of the statistic over the population
 * @param spread of the statistic between its models, a standard deviation above 0
 * @param deviation of a model's statistic from the mean of its own {@code K} twins, over {@code
 *     sqrt(1 + 1/K)}, a root mean square above 0: twins have less data than the model had, so it
 *     holds a bias as well as a scatter
 * @param degrees of freedom of both, at least 1: models of the population less one
 */
public record Margin(double mean, double spread, double deviation, int degrees) {
    /** Checks the ranges. */
    public Margin {
        if (!(spread > 0 && deviation > 0 && degrees >= 1 && Double.isFinite(mean))) {
            throw new IllegalArgumentException(
                    "margin: "
                            + mean
                            + ", "
                            + spread
                            + ", "
                            + deviation
                            + ", "
                            + degrees
                            + " (expected: a mean, two positive numbers, at least 1)");
        }
    }
}
