package org.plumbline.worker.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Percentile bootstrap of a statistic over rows; the same seed gives the same interval. Immutable.
 *
 * <p>Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
 *
 * @param resamples number of resamples, at least 20
 * @param confidence coverage, in (0, 1)
 * @param seed of the drawing
 */
public record Bootstrap(int resamples, double confidence, long seed) {
    /** 95 % from 1,000 resamples. */
    public static final Bootstrap STANDARD = new Bootstrap(1000, 0.95, 20_260_101);

    private static final int LEAST = 20;

    /** Checks the ranges. */
    public Bootstrap {
        if (resamples < LEAST) {
            throw new IllegalArgumentException(
                    "resamples: " + resamples + " (expected: at least " + LEAST + ")");
        }
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException(
                    "confidence: " + confidence + " (expected: in (0, 1))");
        }
    }

    /**
     * An interval of a statistic. Immutable.
     *
     * @param lower at most {@code upper}; NaN without rows
     */
    public record Interval(double lower, double upper) {}

    /** Returns bounds as these from another number of resamples. */
    public Bootstrap with(int number) {
        return new Bootstrap(number, confidence, seed);
    }

    /**
     * Returns the interval of a statistic of rows 0 to n - 1.
     *
     * @param statistic of drawn rows, which must not keep the array
     */
    public Interval over(int n, ToDoubleFunction<int[]> statistic) {
        return overStrata(List.of(IntStream.range(0, n).toArray()), statistic);
    }

    /**
     * Returns the interval of a statistic whose rows are drawn within strata, so that every stratum
     * keeps its size.
     *
     * @param strata row numbers; empty ones are allowed
     * @param statistic of drawn rows, stratum after stratum
     */
    public Interval overStrata(List<int[]> strata, ToDoubleFunction<int[]> statistic) {
        int n = strata.stream().mapToInt(s -> s.length).sum();
        if (n == 0) {
            return new Interval(Double.NaN, Double.NaN);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] values = new double[resamples];
        int[] drawn = new int[n];
        for (int b = 0; b < resamples; b++) {
            int at = 0;
            for (int[] stratum : strata) {
                for (int i = 0; i < stratum.length; i++) {
                    drawn[at++] = stratum[random.nextInt(stratum.length)];
                }
            }
            values[b] = statistic.applyAsDouble(drawn);
        }
        Arrays.sort(values);
        double tail = (1 - confidence) / 2;
        return new Interval(quantile(values, tail), quantile(values, 1 - tail));
    }

    /** Returns a quantile of sorted values, interpolated between neighbours. */
    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
