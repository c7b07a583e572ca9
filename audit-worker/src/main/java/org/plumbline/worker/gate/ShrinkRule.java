package org.plumbline.worker.gate;

import org.plumbline.worker.evaluation.PairedComparison.Shift;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** The rule of a number that a correction is to make smaller. Thread-safe. */
final class ShrinkRule {
    private ShrinkRule() {}

    /**
     * Returns the rule as checked.
     *
     * @param negligible what the number may be without having shrunk
     * @param shift its change row by row, if known
     */
    static GateRule of(
            String name,
            OptionalDouble before,
            OptionalDouble after,
            double negligible,
            Optional<Shift> shift) {
        if (before.isEmpty() || after.isEmpty()) {
            return GateRule.inapplicable(name);
        }
        double was = before.getAsDouble();
        double is = after.getAsDouble();
        boolean shrunk = is < was && shift.map(s -> s.upper() < 0).orElse(true);
        boolean passed = Double.isFinite(was) && (shrunk || is <= negligible);
        return new GateRule(
                name,
                passed,
                is,
                Math.max(was, negligible),
                String.format(
                        Locale.ROOT,
                        "%s: %.6f after %.6f%s (expected: less, or at most %.6f)",
                        name,
                        is,
                        was,
                        shift.map(ShrinkRule::interval).orElse(""),
                        negligible));
    }

    private static String interval(Shift shift) {
        return String.format(
                Locale.ROOT, ", change %.6f to %.6f at 95 %%", shift.lower(), shift.upper());
    }
}
