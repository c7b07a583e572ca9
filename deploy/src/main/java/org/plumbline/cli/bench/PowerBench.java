package org.plumbline.cli.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.drift.Baseline;
import org.plumbline.core.drift.DriftDetector;
import org.plumbline.core.significance.PoolStatistic;
import org.plumbline.core.significance.PoolTally;
import org.plumbline.core.significance.SequentialRankTest;
import org.plumbline.core.significance.SequentialStudentTest;
import org.plumbline.core.window.ConceptUse;
import org.plumbline.core.window.EffectSample;
import org.plumbline.core.window.EffectSettings;
import org.plumbline.core.window.EffectTally;
import org.plumbline.core.window.MeanEstimate;
import org.plumbline.core.window.MeanTally;
import org.plumbline.core.window.ScoreBounds;
import org.plumbline.core.window.SensitivityTally;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * How many samples the statistics that may alert need, by the size of what there is to find:
 * simulated streams, looked at after each sample, error 0.01, seeds fixed.
 */
final class PowerBench {
    private static final int RUNS = 100;
    private static final int LONGEST = 100_000;
    private static final int LATE = 10_000; // samples before a change
    private static final double ERROR = 0.01;
    private static final int RANDOM = 999;
    private static final int POOL = 200;
    private static final int EXAMPLES = 98; // degrees of freedom of 50 + 50

    private PowerBench() {}

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
        ArrayNode prevalence = node.putArray("prevalence_drift_from_0.1_after_" + LATE + "_inputs");
        for (double share : new double[] {0.12, 0.15, 0.2, 0.3, 0.5}) {
            row(prevalence, "share", share, LONGEST, r -> prevalence(r, share));
        }
        ArrayNode masked = node.putArray("masked_by_change_of_logit");
        for (double change : new double[] {0.12, 0.15, 0.2, 0.3, 0.5}) {
            row(masked, "logits", change, LONGEST, r -> masked(r, change));
        }
        ArrayNode student = node.putArray("t_test_against_" + POOL + "_random_cavs");
        for (double strength : new double[] {3, 4, 5, 6, 8}) {
            row(student, "mean_in_deviations_of_the_pool", strength, 4096, r -> pool(r, strength));
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
            if (tally.estimate().map(PowerBench::positive).orElse(false)) {
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

    /** A tenth of the inputs carries the concept until the change. */
    private static int prevalence(SplittableRandom random, double share) {
        MeanTally tally = new MeanTally(0, 1);
        for (int i = 0; i < 2000; i++) {
            tally.add(random.nextDouble() < 0.1 ? 1 : 0);
        }
        DriftDetector detector =
                new DriftDetector(new Baseline(tally.estimate(), ERROR / 2), ERROR / 2);
        for (int i = 0; i < LATE; i++) {
            detector.add(random.nextDouble() < 0.1 ? 1 : 0);
        }
        for (int n = 1; n <= LONGEST; n++) {
            if (detector.add(random.nextDouble() < share ? 1 : 0)) {
                return n;
            }
        }
        return LONGEST + 1;
    }

    /** The gradient foretells nothing; both spread by 0.3 logits. */
    private static int masked(SplittableRandom random, double change) {
        EffectTally tally = new EffectTally(EffectSettings.standard(ERROR));
        for (int n = 1; n <= LONGEST; n++) {
            double noise = random.nextDouble(-0.3, 0.3);
            tally.add(new EffectSample(change + noise, random.nextDouble(-0.3, 0.3)));
            if (tally.use() == ConceptUse.MASKED) {
                return n;
            }
        }
        return LONGEST + 1;
    }

    private static int pool(SplittableRandom random, double strength) {
        SequentialStudentTest test =
                new SequentialStudentTest(PoolStatistic.SENSITIVITY, 1, 64, EXAMPLES);
        return pool(
                random, strength, POOL, tally -> test.update(tally) && test.pValues()[0] <= ERROR);
    }

    private static int rank(SplittableRandom random, double strength) {
        SequentialRankTest test =
                new SequentialRankTest(PoolStatistic.SENSITIVITY, 1, RANDOM, 64, 5);
        return pool(
                random, strength, RANDOM, tally -> test.update(tally) && test.pValue(0) <= ERROR);
    }

    /** Random directions' mean sensitivities are normal; the concept's is a multiple of that. */
    private static int pool(
            SplittableRandom random, double strength, int size, Predicate<PoolTally> found) {
        float[] means = new float[size];
        for (int r = 0; r < size; r++) {
            means[r] = (float) random.nextGaussian();
        }
        PoolTally tally = new PoolTally(1, size);
        float[] along = new float[size];
        for (int n = 1; n <= 4096; n++) {
            for (int r = 0; r < size; r++) {
                along[r] = means[r] + (float) (4 * random.nextDouble() - 2);
            }
            float concept = (float) (strength + 4 * random.nextDouble() - 2);
            tally.add(new float[] {concept}, along);
            if (found.test(tally)) {
                return n;
            }
        }
        return LONGEST + 1;
    }
}
