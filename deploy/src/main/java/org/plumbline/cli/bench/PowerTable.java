package org.plumbline.cli.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.drift.Baseline;
import org.plumbline.core.drift.DriftDetector;
import org.plumbline.core.significance.PoolStatistic;
import org.plumbline.core.significance.PoolTally;
import org.plumbline.core.significance.SequentialRankTest;
import org.plumbline.core.window.MeanEstimate;
import org.plumbline.core.window.MeanTally;
import org.plumbline.core.window.ScoreBounds;
import org.plumbline.core.window.SensitivityTally;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;

/**
 * How many samples the statistics that may alert need, by the size of what there is to find:
 * simulated streams, looked at after each sample, error 0.01, seeds fixed.
 */
final class PowerTable {
    private static final int RUNS = 100;
    private static final int LONGEST = 100_000;
    private static final int LATE = 10_000; // samples before a change
    private static final double ERROR = 0.01;
    private static final int RANDOM = 999;

    private PowerTable() {}

    static void write(ObjectNode node) {
        ArrayNode score = node.putArray("score_bounds_exclude_half");
        for (double truth : new double[] {0.52, 0.55, 0.6, 0.7, 0.9}) {
            row(score, "score", truth, LONGEST, r -> score(r, truth));
        }
        ArrayNode mean = node.putArray("sensitivity_bounds_exclude_zero");
        for (double effect : new double[] {0.05, 0.1, 0.2, 0.5, 1}) {
            row(mean, "mean_in_deviations", effect, LONGEST, r -> mean(r, effect));
        }
        ArrayNode drift = node.putArray("drift_after_" + LATE + "_samples");
        for (double shift : new double[] {0.1, 0.2, 0.3, 0.5, 1}) {
            row(drift, "shift_in_deviations", shift, LONGEST, r -> drift(r, shift));
        }
        ArrayNode rank = node.putArray("sequential_rank_test_of_" + RANDOM + "_random_cavs");
        for (double strength : new double[] {2, 3, 4, 6}) {
            row(rank, "mean_in_deviations_of_the_pool", strength, 4096, r -> rank(r, strength));
        }
    }

    private static void row(
            ArrayNode table,
            String size,
            double value,
            int longest,
            ToIntFunction<SplittableRandom> samples) {
        int[] needed = new int[RUNS];
        for (int run = 0; run < RUNS; run++) {
            needed[run] = samples.applyAsInt(new SplittableRandom(run));
        }
        Arrays.sort(needed);
        long found = Arrays.stream(needed).filter(n -> n <= longest).count();
        ObjectNode row = table.addObject().put(size, value);
        row.put("found_share", (double) found / RUNS).put("within_samples", longest);
        if (found > RUNS / 2) {
            row.put("median_samples", needed[RUNS / 2]);
        }
    }

    private static int score(SplittableRandom random, double truth) {
        long hits = 0;
        for (int n = 1; n <= LONGEST; n++) {
            hits += random.nextDouble() < truth ? 1 : 0;
            double away = (double) hits / n - 0.5;
            // the mixture is at most exp(n KL), and KL at most the chi-square distance
            boolean possible = 4 * n * away * away >= Math.log(1 / ERROR);
            if (possible && ScoreBounds.of(hits, n, ERROR).lower() > 0.5) {
                return n;
            }
        }
        return LONGEST + 1;
    }

    private static int mean(SplittableRandom random, double effect) {
        SensitivityTally tally = SensitivityTally.warmingUp();
        for (int n = 1; n <= LONGEST; n++) {
            tally.add(random.nextGaussian() + effect);
            if (tally.estimate().map(PowerTable::positive).orElse(false)) {
                return n;
            }
        }
        return LONGEST + 1;
    }

    private static boolean positive(MeanEstimate estimate) {
        double s = estimate.sum();
        return s > 0
                && s * s >= 2 * estimate.variation() * Math.log(2 / ERROR)
                && estimate.bounds(ERROR).lower() > 0;
    }

    private static int drift(SplittableRandom random, double shift) {
        MeanTally tally = new MeanTally(-5, 5);
        for (int i = 0; i < 5000; i++) {
            tally.add(random.nextGaussian());
        }
        DriftDetector detector =
                new DriftDetector(new Baseline(tally.estimate(), ERROR / 2), ERROR / 2);
        for (int i = 0; i < LATE; i++) {
            detector.add(random.nextGaussian());
        }
        for (int n = 1; n <= LONGEST; n++) {
            if (detector.add(random.nextGaussian() + shift)) {
                return n;
            }
        }
        return LONGEST + 1;
    }

    /** Random directions' mean sensitivities are normal; the concept's is a multiple of that. */
    private static int rank(SplittableRandom random, double strength) {
        float[] means = new float[RANDOM];
        for (int r = 0; r < RANDOM; r++) {
            means[r] = (float) random.nextGaussian();
        }
        PoolTally tally = new PoolTally(1, RANDOM);
        SequentialRankTest test =
                new SequentialRankTest(PoolStatistic.SENSITIVITY, 1, RANDOM, 64, 5);
        float[] along = new float[RANDOM];
        for (int n = 1; n <= 4096; n++) {
            for (int r = 0; r < RANDOM; r++) {
                along[r] = means[r] + (float) (4 * random.nextDouble() - 2);
            }
            float concept = (float) (strength + 4 * random.nextDouble() - 2);
            tally.add(new float[] {concept}, along);
            if (test.update(tally) && test.pValue(0) <= ERROR) {
                return n;
            }
        }
        return LONGEST + 1;
    }
}
