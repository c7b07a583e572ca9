package org.plumbline.core.window;

/**
 * A mean of values clipped to a range, with a confidence sequence: with probability at least {@code
 * 1 - error} the average, over the samples so far, of the conditional means of the clipped values
 * lies within {@link #bounds} at every sample size at once. Nothing else is assumed: the values may
 * have any distribution, change it, and depend on the past. What lies outside the range counts as
 * its ends, see {@link #clippedShare}.
 *
 * <p>With clipped values {@code x_i}, range width c, predictions {@code p_i} (the mean before
 * sample i) and {@code v = sum (x_i - p_i)^2}, the processes {@code exp(+-l sum(x_i - mu_i) -
 * psi(l) v)} are supermartingales, where {@code psi(l) = (-log(1 - c l) - c l) / c^2}; the bounds
 * are {@code mean -+ u(v) / n} with u the gamma-exponential mixture boundary at {@code error / 2}.
 * Only n, the sum and v enter, so replicas merge by addition. Immutable; plain numbers, fit to be
 * stored.
 *
 * <p>Source: Howard, Ramdas, McAuliffe, Sekhon, "Time-uniform, nonparametric, nonasymptotic
 * confidence sequences", Annals of Statistics 2021, theorem 4 (empirical Bernstein) and proposition
 * 9.
 *
 * @param low lower end of the range
 * @param high upper end of the range, above {@code low}
 * @param samples n, at least 0
 * @param clipped samples outside the range
 * @param sum of the clipped values
 * @param variation v, at least 0
 */
public record MeanEstimate(
        double low, double high, long samples, long clipped, double sum, double variation) {
    private static final double TIGHTEST = 40; // v in squared widths where bounds are tightest

    /** Checks the ranges. */
    public MeanEstimate {
        if (!(high > low) || !Double.isFinite(high - low)) {
            throw new IllegalArgumentException(
                    "range: " + low + " to " + high + " (expected: finite, rising)");
        }
        if (samples < 0 || clipped < 0 || clipped > samples) {
            throw new IllegalArgumentException(
                    "samples: " + samples + ", " + clipped + " clipped (expected: >= 0)");
        }
        if (!Double.isFinite(sum) || !(variation >= 0) || Double.isInfinite(variation)) {
            throw new IllegalArgumentException(
                    "sums: " + sum + ", " + variation + " (expected: finite)");
        }
    }

    /** Returns the estimate of the samples of both. */
    public MeanEstimate plus(MeanEstimate other) {
        if (other.low != low || other.high != high) {
            throw new IllegalArgumentException(
                    "range: "
                            + other.low
                            + " to "
                            + other.high
                            + " (expected: "
                            + low
                            + " to "
                            + high
                            + ")");
        }
        return new MeanEstimate(
                low,
                high,
                samples + other.samples,
                clipped + other.clipped,
                sum + other.sum,
                variation + other.variation);
    }

    /** Returns the mean of the clipped values; the middle of the range without any. */
    public double mean() {
        return samples == 0 ? low + (high - low) / 2 : sum / samples;
    }

    /** Returns the share of samples outside the range, in [0, 1]. */
    public double clippedShare() {
        return samples == 0 ? 0 : (double) clipped / samples;
    }

    /**
     * Returns the bounds, within the range.
     *
     * @param error probability of ever missing, in (0, 1)
     */
    public MeanBounds bounds(double error) {
        if (!(error > 0 && error < 1)) {
            throw new IllegalArgumentException("error: " + error + " (expected: in (0, 1))");
        }
        if (samples == 0) {
            return new MeanBounds(low, high);
        }
        double width = high - low;
        GammaExponentialMixture mixture = // in units of the width
                new GammaExponentialMixture(1, TIGHTEST, error / 2);
        double edge = mixture.bound(variation / (width * width), Math.log(2 / error));
        double half = edge * width / samples;
        return new MeanBounds(Math.max(low, mean() - half), Math.min(high, mean() + half));
    }
}
