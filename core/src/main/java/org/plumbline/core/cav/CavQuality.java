package org.plumbline.core.cav;

import org.plumbline.core.tensor.DenseVector;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How far a CAV can be trusted. A CAV of poor quality is marked and raises no alert. Immutable.
 *
 * <p>The verdict rests on examples the fit did not see and on its stability: with more channels
 * than examples any two groups are apart on the examples themselves.
 *
 * @param separation of the examples the CAV was fitted to
 * @param heldOutAuc mean area under the curve over up to five stratified folds, each ranked by the
 *     CAV of the others with the same regularisation, in [0, 1]; NaN with a single example of a
 *     group
 * @param stability of bootstrap resamples; empty where it was left out or cannot be estimated
 * @param poor why the CAV is poor, one line; empty if it is not
 */
public record CavQuality(
        GroupSeparation separation,
        double heldOutAuc,
        Optional<Stability> stability,
        Optional<String> poor) {
    private static final int FOLDS = 5;
    private static final double CHANCE = 0.5;

    /** Returns the quality of a fit on the examples it was fitted to. */
    public static CavQuality of(LabelledActivations data, CavFit fit, QualityBounds bounds) {
        GroupSeparation separation = GroupSeparation.of(data, fit.direction());
        LabelledActivations some = thinned(data, bounds);
        int folds = Math.min(FOLDS, Math.min(some.positives(), some.negatives()));
        if (folds < 2) {
            return new CavQuality(
                    separation,
                    Double.NaN,
                    Optional.empty(),
                    Optional.of(
                            "examples: "
                                    + data.positives()
                                    + " positives and "
                                    + data.negatives()
                                    + " negatives (expected: at least 2 of each)"));
        }
        HeldOut heldOut = HeldOut.of(some, fit, folds);
        Optional<Stability> stability =
                bounds.resamples() == 0
                        ? Optional.empty()
                        : Optional.of(Stability.of(some, fit, bounds.resamples(), bounds.seed()));
        return new CavQuality(
                separation, heldOut.auc, stability, verdict(heldOut, stability, bounds));
    }

    private static Optional<String> verdict(
            HeldOut heldOut, Optional<Stability> stability, QualityBounds bounds) {
        if (heldOut.auc < bounds.heldOutAuc()) {
            return poor("held-out AUC", heldOut.auc, bounds.heldOutAuc());
        }
        double chance = CHANCE + bounds.chanceDeviations() * heldOut.deviation;
        if (heldOut.auc < chance) {
            return poor("held-out AUC beside chance", heldOut.auc, chance);
        }
        return stability
                .filter(s -> s.mean() < bounds.stability())
                .flatMap(s -> poor("bootstrap stability", s.mean(), bounds.stability()));
    }

    private static Optional<String> poor(String what, double value, double least) {
        return Optional.of(
                String.format(
                        java.util.Locale.ROOT, "%s: %.3f (expected: >= %.3f)", what, value, least));
    }

    /** Returns at most the bounds' number of rows of each group, in their order. */
    private static LabelledActivations thinned(LabelledActivations data, QualityBounds bounds) {
        if (Math.max(data.positives(), data.negatives()) <= bounds.mostRows()) {
            return data;
        }
        SplittableRandom random = new SplittableRandom(bounds.seed());
        int[] left = {data.negatives(), data.positives()};
        int[] wanted = {Math.min(left[0], bounds.mostRows()), Math.min(left[1], bounds.mostRows())};
        return data.rows(
                IntStream.range(0, data.rows())
                        .filter(
                                i -> {
                                    int group = data.positive(i) ? 1 : 0;
                                    boolean take = random.nextInt(left[group]--) < wanted[group];
                                    wanted[group] -= take ? 1 : 0;
                                    return take;
                                })
                        .toArray());
    }

    /** Mean area over folds, and its deviation if ranks were drawn by chance. */
    private static final class HeldOut {
        private final double auc;
        private final double deviation;

        private HeldOut(double auc, double deviation) {
            this.auc = auc;
            this.deviation = deviation;
        }

        static HeldOut of(LabelledActivations data, CavFit fit, int folds) {
            int[] fold = Folds.stratified(data, folds);
            double sum = 0;
            double variance = 0;
            for (int f = 0; f < folds; f++) {
                LabelledActivations test = data.rows(Folds.rows(fold, f, true));
                Optional<DenseVector> direction = fit.refit(data.rows(Folds.rows(fold, f, false)));
                sum += direction.isPresent() ? auc(test, direction.get()) : CHANCE;
                // variance of the rank statistic of Mann and Whitney without ties
                variance += (test.rows() + 1) / (12.0 * test.positives() * test.negatives());
            }
            return new HeldOut(sum / folds, Math.sqrt(variance) / folds);
        }

        private static double auc(LabelledActivations test, DenseVector direction) {
            return GroupSeparation.auc(
                    test.projections(direction, true), test.projections(direction, false));
        }
    }
}
