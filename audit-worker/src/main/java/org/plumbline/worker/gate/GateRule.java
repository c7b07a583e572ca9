package org.plumbline.worker.gate;

/**
 * One rule as it was checked. Immutable.
 *
 * @param name such as {@code clean_accuracy}
 * @param value what was measured after the correction; NaN where the rule does not apply
 * @param bound what it was held against; NaN where the rule does not apply
 * @param description one line with both numbers, or why the rule does not apply
 */
public record GateRule(
        String name, boolean passed, double value, double bound, String description) {
    /** Returns a rule that passes because its numbers were not measured. */
    static GateRule inapplicable(String name) {
        return new GateRule(
                name,
                true,
                Double.NaN,
                Double.NaN,
                name + ": not applicable, not measured on this data set");
    }
}
