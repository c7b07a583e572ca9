package org.plumbline.worker.evaluation;

import org.plumbline.core.significance.BinomialInterval;

import java.util.function.DoubleUnaryOperator;
import java.util.function.IntPredicate;

/**
 * How an accuracy changed on the same rows. Rows that are right twice or wrong twice say nothing,
 * so the interval is far narrower than that of two separate test sets. Immutable.
 *
 * <p>Source: McNemar, Psychometrika 1947 (exact form); Tango, Statistics in Medicine 1998 (score
 * interval of a paired difference).
 *
 * @param samples rows compared
 * @param worse rows right before and wrong after
 * @param better rows wrong before and right after
 * @param lower end of the 95 % score interval of the change, in [-1, 1]
 * @param upper its other end
 * @param probability exact two-sided McNemar p-value of no change
 */
public record PairedChange(
        long samples, long worse, long better, double lower, double upper, double probability) {
    /** 97.5 % quantile of the normal distribution: standard errors to an end of 95 %. */
    static final double QUANTILE = 1.959963984540054;

    private static final int HALVINGS = 60;

    /** Returns {@code (better - worse) / samples}, in [-1, 1]; 0 without rows. */
    public double change() {
        return samples == 0 ? 0 : (double) (better - worse) / samples;
    }

    /**
     * Compares two models on the same rows.
     *
     * @param rows which of them
     */
    public static PairedChange of(boolean[] before, boolean[] after, IntPredicate rows) {
        long n = 0;
        long worse = 0;
        long better = 0;
        for (int i = 0; i < before.length; i++) {
            if (rows.test(i)) {
                n++;
                worse += before[i] && !after[i] ? 1 : 0;
                better += !before[i] && after[i] ? 1 : 0;
            }
        }
        return of(n, worse, better);
    }

    /** Returns the comparison of counts. */
    public static PairedChange of(long samples, long worse, long better) {
        if (worse < 0 || better < 0 || worse + better > samples) {
            throw new IllegalArgumentException(
                    "worse, better: "
                            + worse
                            + ", "
                            + better
                            + " (expected: within "
                            + samples
                            + ")");
        }
        double p =
                BinomialInterval.pValueAgainstHalf(
                        Math.toIntExact(worse), Math.toIntExact(worse + better));
        if (samples == 0) {
            return new PairedChange(0, 0, 0, -1, 1, p);
        }
        double change = (double) (better - worse) / samples;
        double lower = root(d -> score(samples, worse, better, d) - QUANTILE, -1, change);
        double upper = root(d -> score(samples, worse, better, d) + QUANTILE, change, 1);
        return new PairedChange(samples, worse, better, lower, upper, p);
    }

    /**
     * Returns the score statistic of a supposed change: the observed less the supposed one over the
     * standard error under the latter. It falls as the change rises.
     */
    static double score(long n, long worse, long better, double change) {
        double gap = better - worse - n * change;
        double variance = n * (2 * lost(n, worse, better, change) + change * (1 - change));
        return variance <= 0
                ? (gap == 0 ? 0 : Math.copySign(Double.MAX_VALUE, gap))
                : gap / Math.sqrt(variance);
    }

    /** Returns the likeliest probability of "right, then wrong" given the change. */
    static double lost(long n, long worse, long better, double change) {
        double a = 2.0 * n;
        double b = -worse - better + (2.0 * n - better + worse) * change;
        double c = -worse * change * (1 - change);
        return Math.max(0, (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a));
    }

    /** Returns where a falling function crosses zero, or the end it does not reach. */
    private static double root(DoubleUnaryOperator falling, double from, double to) {
        double low = from;
        double high = to;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (falling.applyAsDouble(middle) > 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}
