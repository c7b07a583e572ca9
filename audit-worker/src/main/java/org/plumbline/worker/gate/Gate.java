package org.plumbline.worker.gate;

import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.worker.config.GateBounds;
import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.evaluation.PairedComparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * Compares a model before and after a correction, on the same test rows. Immutable.
 *
 * <ul>
 *   <li>{@code clean_accuracy}: falls by at most {@code cleanAccuracyDrop}; without a concept the
 *       accuracy over all rows stands in. See {@link AccuracyRules} for what noise may do.
 *   <li>{@code worst_group_accuracy}: falls by at most {@code worstGroupDrop}, likewise.
 *   <li>{@code tcav_distance}, |score - 0.5|: shrinks, or ends within {@code tcavTolerance}, where
 *       a score cannot be told from neutral. An unchanged score outside fails.
 *   <li>{@code sensitivity}: shrinks, or ends below 1e-6, where nothing is left to remove.
 * </ul>
 *
 * With rows to compare, "shrinks" means that the whole 95 % interval of the change, a bootstrap
 * over the rows, lies below zero. A number missing on either side makes its rule inapplicable,
 * which its description says; a number that is not finite fails.
 */
public final class Gate {
    private static final double NEUTRAL = 0.5;
    private static final double NOTHING_LEFT = 1e-6;

    private final GateBounds bounds;

    /** Makes a gate. */
    public Gate(GateBounds bounds) {
        this.bounds = bounds;
    }

    /**
     * Returns the decision and every rule with its numbers.
     *
     * @param paired the same two models row by row; without it numbers are compared as they are
     */
    public GateDecision decide(
            EvaluationReport before, EvaluationReport after, Optional<PairedComparison> paired) {
        List<GateRule> rules = new ArrayList<>();
        AccuracyRules accuracies = new AccuracyRules(bounds);
        rules.add(accuracies.clean(before, after, paired));
        rules.add(accuracies.worstGroup(before, after, paired));
        rules.add(
                ShrinkRule.of(
                        "tcav_distance",
                        number(before, t -> Math.abs(t.meanQuotient() - NEUTRAL)),
                        number(after, t -> Math.abs(t.meanQuotient() - NEUTRAL)),
                        bounds.tcavTolerance(),
                        paired.flatMap(PairedComparison::tcavDistance)));
        rules.add(
                ShrinkRule.of(
                        "sensitivity",
                        number(before, TcavMetrics::sensitivity),
                        number(after, TcavMetrics::sensitivity),
                        NOTHING_LEFT,
                        paired.flatMap(PairedComparison::sensitivity)));
        return GateDecision.of(rules);
    }

    private static OptionalDouble number(
            EvaluationReport report, ToDoubleFunction<TcavMetrics> metric) {
        return report.tcav().isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(metric.applyAsDouble(report.tcav().get()));
    }
}
