package org.plumbline.core.window;

import org.apache.commons.numbers.gamma.LogBeta;

/**
 * A confidence sequence for a proportion: with probability {@code 1 - error} the true value lies
 * within the bounds at every sample size at once, so looking after every sample is allowed.
 * Immutable.
 *
 * <p>A value {@code p} stays inside while the uniform-prior mixture of likelihood ratios against
 * it, {@code B(1 + s, 1 + n - s) / (p^s (1 - p)^(n - s))}, is below {@code 1 / error}; that mixture
 * is a martingale of mean 1 under {@code p}, and Ville's inequality bounds its maximum.
 *
 * <p>Source: Robbins, "Statistical methods related to the law of the iterated logarithm", 1970;
 * Howard et al., "Time-uniform, nonparametric, nonasymptotic confidence sequences", 2021, (beta
 * binomial).
 *
 * @param lower in [0, 1], at most the observed share
 * @param upper in [0, 1], at least the observed share
 */
public record ScoreBounds(double lower, double upper) {
    private static final int BISECTIONS = 60;

    /**
     * Returns the bounds after {@code n} samples of which {@code successes} were positive.
     *
     * @param error probability of ever missing, in (0, 1)
     */
    public static ScoreBounds of(long successes, long n, double error) {
        if (n == 0) {
            return new ScoreBounds(0, 1);
        }
        double share = (double) successes / n;
        double limit = LogBeta.value(1.0 + successes, 1.0 + n - successes) + Math.log(error);
        return new ScoreBounds(
                edge(share, 0, successes, n, limit), edge(share, 1, successes, n, limit));
    }

    private static double edge(double inside, double outside, long s, long n, double limit) {
        double in = inside;
        double out = outside;
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (in + out) / 2;
            if (logLikelihood(middle, s, n) > limit) {
                in = middle;
            } else {
                out = middle;
            }
        }
        return out;
    }

    private static double logLikelihood(double p, long s, long n) {
        double hits = s == 0 ? 0 : s * Math.log(p);
        double misses = s == n ? 0 : (n - s) * Math.log1p(-p);
        return hits + misses;
    }
}
