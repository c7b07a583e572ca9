package org.plumbline.worker.gate;

import org.plumbline.core.significance.BinomialInterval;
import org.plumbline.worker.config.GateBounds;
import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.evaluation.PairedChange;
import org.plumbline.worker.evaluation.PairedComparison;
import org.plumbline.worker.evaluation.PairedComparison.GroupChange;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The rules of accuracies that a correction may not lower by more than a bound. Immutable.
 *
 * <p>With rows to compare, a rule asks two things:
 *
 * <ol>
 *   <li>Harm must be real: an observed drop beyond the bound counts only if the exact McNemar test
 *       calls it a drop at 5 %; in the worst group, picked among many, at 5 % over the number of
 *       groups, and only if the whole 95 % score interval of the paired change lies beyond the
 *       bound. So a repair that changes nothing on balance rarely fails by chance.
 *   <li>Safety must be shown: the 95 % score interval of the paired change must end above the bound
 *       less the uncertainty allowed. So a harmful repair does not pass because the test set is too
 *       small; the rule then says about how many rows would do.
 * </ol>
 *
 * @param bounds what may fall by how much
 */
record AccuracyRules(GateBounds bounds) {
    /** Accuracies are ratios of counts: differences below this are rounding. */
    private static final double ROUNDING = 1e-12;

    private static final double SIGNIFICANT = 0.05;
    private static final double CONFIDENCE = 0.95;
    private static final long MOST_TIMES = 1024;

    GateRule clean(
            EvaluationReport before, EvaluationReport after, Optional<PairedComparison> paired) {
        boolean concept = before.cleanAccuracy().isPresent() && after.cleanAccuracy().isPresent();
        Rule rule =
                new Rule(
                        concept ? "clean_accuracy" : "accuracy",
                        concept ? before.cleanAccuracy() : OptionalDouble.of(before.accuracy()),
                        concept ? after.cleanAccuracy() : OptionalDouble.of(after.accuracy()),
                        bounds.cleanAccuracyDrop());
        Optional<PairedChange> change =
                concept
                        ? paired.flatMap(PairedComparison::clean)
                        : paired.map(PairedComparison::accuracy);
        if (change.isEmpty() || rule.inapplicable()) {
            return rule.asMeasured();
        }
        PairedChange seen = change.get();
        return rule.judged(
                seen,
                seen.probability() < SIGNIFICANT,
                seen.lower() >= -rule.drop() - bounds.cleanAccuracyUncertainty(),
                bounds.cleanAccuracyUncertainty());
    }

    GateRule worstGroup(
            EvaluationReport before, EvaluationReport after, Optional<PairedComparison> paired) {
        Rule rule =
                new Rule(
                        "worst_group_accuracy",
                        before.worstGroupAccuracy(),
                        after.worstGroupAccuracy(),
                        bounds.worstGroupDrop());
        Optional<GroupChange> change = paired.flatMap(PairedComparison::worstGroup);
        if (change.isEmpty() || rule.inapplicable()) {
            return rule.asMeasured();
        }
        GroupChange worst = change.get();
        double slack = bounds.worstGroupUncertainty();
        BinomialInterval alone =
                BinomialInterval.wilson(
                        Math.round(worst.group().accuracy() * worst.group().samples()),
                        worst.group().samples(),
                        CONFIDENCE);
        boolean safe =
                alone.lower() >= rule.bound() - slack
                        || worst.change().lower() >= -rule.drop() - slack;
        return rule.judged(
                worst.change(),
                worst.change().upper() < -rule.drop()
                        && worst.change().probability() * worst.groups() < SIGNIFICANT,
                safe,
                slack);
    }

    private record Rule(String name, OptionalDouble before, OptionalDouble after, double drop) {
        boolean inapplicable() {
            return before.isEmpty() || after.isEmpty();
        }

        double bound() {
            return before.getAsDouble() - drop;
        }

        /** The rule without rows to compare: the numbers decide. */
        GateRule asMeasured() {
            return inapplicable()
                    ? GateRule.inapplicable(name)
                    : rule(within(), String.format(Locale.ROOT, "at least %.4f)", bound()), "");
        }

        GateRule judged(PairedChange change, boolean harm, boolean safe, double slack) {
            boolean tolerated = within() || !harm;
            String seen =
                    String.format(
                            Locale.ROOT,
                            ", %d of %d rows worse, %d better, change %.4f to %.4f at 95 %%,"
                                    + " McNemar p %.3g",
                            change.worse(),
                            change.samples(),
                            change.better(),
                            change.lower(),
                            change.upper(),
                            change.probability());
            String expected =
                    tolerated && !safe
                            ? String.format(
                                    Locale.ROOT,
                                    "a fall by at most %.4f at 95 %%, %s)",
                                    drop + slack,
                                    remedy(change, drop + slack))
                            : String.format(Locale.ROOT, "at least %.4f, or noise)", bound());
            return rule(tolerated && safe, expected, seen);
        }

        private boolean within() {
            return after.getAsDouble() >= bound() - ROUNDING;
        }

        private GateRule rule(boolean passed, String expected, String seen) {
            return new GateRule(
                    name,
                    passed,
                    after.getAsDouble(),
                    bound(),
                    String.format(
                            Locale.ROOT,
                            "%s: %.4f after %.4f%s (expected: %s",
                            name,
                            after.getAsDouble(),
                            before.getAsDouble(),
                            seen,
                            expected));
        }

        /** Says how many rows that change like these would show a fall within the tolerance. */
        private static String remedy(PairedChange change, double tolerance) {
            for (long times = 2; times <= MOST_TIMES; times *= 2) {
                PairedChange more =
                        PairedChange.of(
                                change.samples() * times,
                                change.worse() * times,
                                change.better() * times);
                if (more.lower() >= -tolerance) {
                    return "which takes up to " + more.samples() + " such rows";
                }
            }
            return "which these rows deny";
        }
    }
}
