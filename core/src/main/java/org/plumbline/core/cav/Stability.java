package org.plumbline.core.cav;

import org.plumbline.core.tensor.DenseVector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How much a CAV owes to the examples it happened to get: cosines between the CAVs of bootstrap
 * resamples, each group drawn with replacement, the regularisation kept. Immutable.
 *
 * <p>Two resamples share the error of the original examples, so that examples without any concept
 * give cosines around 0.5 where there are many channels, not 0.
 *
 * @param mean over all pairs of resamples, in [-1, 1]
 * @param lower 2.5 % quantile of the pairs
 * @param upper 97.5 % quantile of the pairs
 * @param resamples number of CAVs
 */
public record Stability(double mean, double lower, double upper, int resamples) {
    private static final double TAIL = 0.025;

    /**
     * Returns the stability of a fit. Same seed, same numbers.
     *
     * @param resamples at least 2
     */
    public static Stability of(LabelledActivations data, CavFit fit, int resamples, long seed) {
        if (resamples < 2) {
            throw new IllegalArgumentException("resamples: " + resamples + " (expected: >= 2)");
        }
        SplittableRandom random = new SplittableRandom(seed);
        List<Optional<DenseVector>> directions = new ArrayList<>();
        for (int b = 0; b < resamples; b++) {
            directions.add(fit.refit(resample(data, random)));
        }
        double[] cosines = new double[resamples * (resamples - 1) / 2];
        int at = 0;
        for (int a = 0; a < resamples; a++) {
            for (int b = 0; b < a; b++) {
                cosines[at++] = cosine(directions.get(a), directions.get(b));
            }
        }
        Arrays.sort(cosines);
        return new Stability(
                Arrays.stream(cosines).sum() / cosines.length,
                quantile(cosines, TAIL),
                quantile(cosines, 1 - TAIL),
                resamples);
    }

    /** Returns the cosine; a resample without a direction agrees with nothing. */
    private static double cosine(Optional<DenseVector> a, Optional<DenseVector> b) {
        return a.isPresent() && b.isPresent() ? a.get().cosine(b.get()) : 0;
    }

    private static LabelledActivations resample(LabelledActivations data, SplittableRandom random) {
        int[] with = IntStream.range(0, data.rows()).filter(data::positive).toArray();
        int[] without = IntStream.range(0, data.rows()).filter(i -> !data.positive(i)).toArray();
        int[] drawn =
                IntStream.range(0, data.rows())
                        .map(i -> data.positive(i) ? any(with, random) : any(without, random))
                        .toArray();
        return data.rows(drawn);
    }

    private static int any(int[] rows, SplittableRandom random) {
        return rows[random.nextInt(rows.length)];
    }

    /** Returns a quantile of sorted values, interpolated between neighbours. */
    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
