package org.plumbline.core.significance;

import org.apache.commons.statistics.distribution.BetaDistribution;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * A two-sided confidence interval of a proportion at one sample size fixed beforehand. Under
 * repeated looks use a confidence sequence instead. Immutable.
 *
 * <p>Source: Wilson, JASA 1927; Newcombe, Statistics in Medicine 1998 (continuity correction);
 * Clopper and Pearson, Biometrika 1934.
 *
 * @param lower in [0, 1], at most the observed share
 * @param upper in [0, 1], at least the observed share
 */
public record BinomialInterval(double lower, double upper) {
    /**
     * Returns the score interval {@code (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)}.
     *
     * @param successes in [0, n]
     * @param n trials; without any the interval is [0, 1]
     * @param confidence nominal coverage, in (0, 1)
     */
    public static BinomialInterval wilson(long successes, long n, double confidence) {
        check(successes, n, confidence);
        if (n == 0) {
            return new BinomialInterval(0, 1);
        }
        double p = (double) successes / n;
        double z = quantile(confidence);
        double centre = (p + z * z / (2.0 * n)) / (1 + z * z / n);
        double half = z * Math.sqrt(p * (1 - p) / n + z * z / (4.0 * n * n)) / (1 + z * z / n);
        return new BinomialInterval(
                successes == 0 ? 0 : centre - half, successes == n ? 1 : centre + half);
    }

    /**
     * Returns the score interval with continuity correction, which is wider; arguments as for
     * {@link #wilson}.
     */
    public static BinomialInterval wilsonCorrected(long successes, long n, double confidence) {
        check(successes, n, confidence);
        if (n == 0) {
            return new BinomialInterval(0, 1);
        }
        double p = (double) successes / n;
        double z = quantile(confidence);
        double scale = 2 * (n + z * z);
        double centre = (2 * n * p + z * z) / scale;
        double down = z * Math.sqrt(z * z - 2 - 1.0 / n + 4 * p * (n * (1 - p) + 1));
        double up = z * Math.sqrt(z * z + 2 - 1.0 / n + 4 * p * (n * (1 - p) - 1));
        return new BinomialInterval(
                successes == 0 ? 0 : centre - (1 + down) / scale,
                successes == n ? 1 : centre + (1 + up) / scale);
    }

    /**
     * Returns the exact interval, whose coverage is never below nominal: quantiles of {@code
     * Beta(s, n - s + 1)} and {@code Beta(s + 1, n - s)}; arguments as for {@link #wilson}.
     */
    public static BinomialInterval clopperPearson(long successes, long n, double confidence) {
        check(successes, n, confidence);
        double tail = (1 - confidence) / 2;
        double lower =
                successes == 0
                        ? 0
                        : BetaDistribution.of((double) successes, n - successes + 1.0)
                                .inverseCumulativeProbability(tail);
        double upper =
                successes == n
                        ? 1
                        : BetaDistribution.of(successes + 1.0, (double) (n - successes))
                                .inverseSurvivalProbability(tail);
        return new BinomialInterval(lower, upper);
    }

    /** Returns the exact two-sided p-value of a share against one half, at one sample size. */
    public static double pValueAgainstHalf(int successes, int n) {
        check(successes, n, 0.5);
        // one tail doubled: the distribution is symmetric, and comparing the probabilities of both
        // tails, as a general test does, loses one of two equal terms to rounding
        int fewer = Math.min(successes, n - successes);
        return n == 0
                ? 1
                : Math.min(1, 2 * BinomialDistribution.of(n, 0.5).cumulativeProbability(fewer));
    }

    private static double quantile(double confidence) {
        return NormalDistribution.of(0, 1).inverseSurvivalProbability((1 - confidence) / 2);
    }

    private static void check(long successes, long n, double confidence) {
        if (successes < 0 || successes > n) {
            throw new IllegalArgumentException(
                    "successes: " + successes + " (expected: 0 to " + n + ")");
        }
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException(
                    "confidence: " + confidence + " (expected: in (0, 1))");
        }
    }
}
