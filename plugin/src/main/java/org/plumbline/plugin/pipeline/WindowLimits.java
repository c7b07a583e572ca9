package org.plumbline.plugin.pipeline;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.window.WindowSettings;

import java.util.Map;
import java.util.Optional;

/**
 * Bounds of the windows of one served version. Immutable.
 *
 * @param generation of the served version whose events count; others are left out
 * @param settings of every window
 * @param series windows at most, at least 1
 * @param tests of the series, if they are tested
 * @param fits generation since which a concept's CAV is what it is, where it is an earlier one: its
 *     windows go on
 */
public record WindowLimits(
        long generation,
        WindowSettings settings,
        int series,
        Optional<TestPlan> tests,
        Map<ConceptId, Long> fits) {
    /** Copies the fits. */
    public WindowLimits {
        fits = Map.copyOf(fits);
    }

    /** Windows of concepts that were all fitted for this generation. */
    public WindowLimits(
            long generation, WindowSettings settings, int series, Optional<TestPlan> tests) {
        this(generation, settings, series, tests, Map.of());
    }

    /** Windows without tests. */
    public WindowLimits(long generation, WindowSettings settings, int series) {
        this(generation, settings, series, Optional.empty());
    }

    /** Returns the generation whose CAV a concept's windows are about. */
    long fitted(ConceptId concept) {
        return fits.getOrDefault(concept, generation);
    }
}
