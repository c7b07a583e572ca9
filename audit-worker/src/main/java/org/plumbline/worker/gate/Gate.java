package org.plumbline.worker.gate;

import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.worker.config.GateBounds;
import org.plumbline.worker.evaluation.EvaluationReport;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Compares a model before and after a correction. Immutable.
 *
 * <ul>
 *   <li>{@code clean_accuracy}: falls by at most {@code cleanAccuracyDrop}; without a concept the
 *       accuracy over all rows stands in.
 *   <li>{@code worst_group_accuracy}: falls by at most {@code worstGroupDrop}.
 *   <li>{@code tcav_distance}, |score - 0.5|: shrinks, or ends within {@code tcavTolerance}, where
 *       a score cannot be told from neutral. An unchanged score outside fails.
 *   <li>{@code sensitivity}: shrinks, or ends below 1e-6, where nothing is left to remove.
 * </ul>
 *
 * A number missing on either side makes its rule inapplicable, which its description says; a number
 * that is not finite fails.
 */
public final class Gate {
    private static final double NEUTRAL = 0.5;
    private static final double NOTHING_LEFT = 1e-6;

    /** Accuracies are ratios of counts: differences below this are rounding. */
    private static final double ROUNDING = 1e-12;

    private final GateBounds bounds;

    /** Makes a gate. */
    public Gate(GateBounds bounds) {
        this.bounds = bounds;
    }

    /** Returns the decision and every rule with its numbers. */
    public GateDecision decide(EvaluationReport before, EvaluationReport after) {
        List<GateRule> rules = new ArrayList<>();
        boolean concept = before.cleanAccuracy().isPresent() && after.cleanAccuracy().isPresent();
        rules.add(
                accuracy(
                        concept ? "clean_accuracy" : "accuracy",
                        concept ? before.cleanAccuracy() : OptionalDouble.of(before.accuracy()),
                        concept ? after.cleanAccuracy() : OptionalDouble.of(after.accuracy()),
                        bounds.cleanAccuracyDrop()));
        rules.add(
                accuracy(
                        "worst_group_accuracy",
                        before.worstGroupAccuracy(),
                        after.worstGroupAccuracy(),
                        bounds.worstGroupDrop()));
        rules.add(
                shrinks(
                        "tcav_distance",
                        number(before, t -> Math.abs(t.meanQuotient() - NEUTRAL)),
                        number(after, t -> Math.abs(t.meanQuotient() - NEUTRAL)),
                        bounds.tcavTolerance()));
        rules.add(
                shrinks(
                        "sensitivity",
                        number(before, TcavMetrics::sensitivity),
                        number(after, TcavMetrics::sensitivity),
                        NOTHING_LEFT));
        return GateDecision.of(rules);
    }

    private static GateRule accuracy(
            String name, OptionalDouble before, OptionalDouble after, double drop) {
        if (before.isEmpty() || after.isEmpty()) {
            return inapplicable(name);
        }
        double bound = before.getAsDouble() - drop;
        double value = after.getAsDouble();
        return new GateRule(
                name,
                value >= bound - ROUNDING,
                value,
                bound,
                line("%s: %.4f after %.4f (expected: at least %.4f)", name, value, before, bound));
    }

    private static GateRule shrinks(
            String name, OptionalDouble before, OptionalDouble after, double negligible) {
        if (before.isEmpty() || after.isEmpty()) {
            return inapplicable(name);
        }
        double was = before.getAsDouble();
        double value = after.getAsDouble();
        boolean passed = Double.isFinite(was) && (value < was || value <= negligible);
        return new GateRule(
                name,
                passed,
                value,
                Math.max(was, negligible),
                line(
                        "%s: %.6f after %.6f (expected: less, or at most %.6f)",
                        name, value, before, negligible));
    }

    private static GateRule inapplicable(String name) {
        return new GateRule(
                name,
                true,
                Double.NaN,
                Double.NaN,
                name + ": not applicable, not measured on this data set");
    }

    private static OptionalDouble number(
            EvaluationReport report, java.util.function.ToDoubleFunction<TcavMetrics> metric) {
        return report.tcav().isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(metric.applyAsDouble(report.tcav().get()));
    }

    private static String line(
            String form, String name, double value, OptionalDouble before, double bound) {
        return String.format(Locale.ROOT, form, name, value, before.getAsDouble(), bound);
    }
}
