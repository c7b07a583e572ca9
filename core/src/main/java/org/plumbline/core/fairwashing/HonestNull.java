package org.plumbline.core.fairwashing;

import org.apache.commons.statistics.distribution.TDistribution;
import org.plumbline.core.fairwashing.HonestModels.Moments;

import java.util.List;

/**
 * How one signal's mean is distributed for an honest model. Immutable.
 *
 * <p>Honest models differ, so sampling noise alone is no null: the deviation of a model from the
 * mean of its {@code K} honest models has variance {@code s~² (1 + 1/K)}, where {@code s~²} weighs
 * the variance of the {@code K} with the margin's, {@code s~² = (d0 s0² + (K - 1) s²) / (d0 + K -
 * 1)} (Smyth, Statistical Applications in Genetics 2004: the moderated t). On other inputs than
 * theirs comes the noise of two samples, {@code w² (1/n + 1/n0)}, {@code w} the larger deviation
 * between inputs. Degrees of freedom add by Welch and Satterthwaite. Without honest models the
 * margin's population takes their place.
 *
 * <p>Assumes: that the model under test, if honest, is exchangeable with the calibration population
 * in its deviation from its twins; that these deviations are near normal; that inputs are
 * independent draws of what the honest models saw.
 *
 * @param expected mean for an honest model
 * @param variance between models
 * @param degrees of freedom of {@code variance}
 * @param within deviation between inputs, 0 if unknown
 * @param inputs of the honest models, 0 if there are none
 */
record HonestNull(double expected, double variance, double degrees, double within, int inputs) {
    /** Combines a margin with what honest models showed. */
    static HonestNull of(Margin margin, List<Moments> models) {
        int count = models.size();
        if (count == 0) {
            double variance = square(margin.spread()) * (1 + 1.0 / (margin.degrees() + 1));
            return new HonestNull(margin.mean(), variance, margin.degrees(), 0, 0);
        }
        double mean = models.stream().mapToDouble(Moments::mean).average().orElseThrow();
        double squares = models.stream().mapToDouble(m -> square(m.mean() - mean)).sum();
        double degrees = margin.degrees() + count - 1.0;
        double moderated = (margin.degrees() * square(margin.deviation()) + squares) / degrees;
        double within = models.stream().mapToDouble(Moments::deviation).max().orElseThrow();
        int inputs = models.stream().mapToInt(Moments::inputs).min().orElseThrow();
        return new HonestNull(mean, moderated * (1 + 1.0 / count), degrees, within, inputs);
    }

    /** Returns the standard error of a reading's mean about {@link #expected}. */
    double error(Moments reading, boolean sameInputs) {
        return Math.sqrt(variance + noise(reading, sameInputs));
    }

    /** Returns the probability of a mean as large, or as far away, from an honest model. */
    double pValue(Moments reading, boolean sameInputs, boolean twoSided) {
        double noise = noise(reading, sameInputs);
        double t = (reading.mean() - expected) / Math.sqrt(variance + noise);
        double freedom =
                square(variance + noise)
                        / (square(variance) / degrees
                                + square(noise) / Math.max(1, reading.inputs() - 1));
        TDistribution student = TDistribution.of(freedom);
        return twoSided
                ? Math.min(1, 2 * student.survivalProbability(Math.abs(t)))
                : student.survivalProbability(t);
    }

    private double noise(Moments reading, boolean sameInputs) {
        if (sameInputs || inputs == 0) {
            return inputs == 0 ? square(reading.deviation()) / reading.inputs() : 0;
        }
        double widest = Math.max(within, reading.deviation());
        return square(widest) * (1.0 / reading.inputs() + 1.0 / inputs);
    }

    private static double square(double value) {
        return value * value;
    }
}
