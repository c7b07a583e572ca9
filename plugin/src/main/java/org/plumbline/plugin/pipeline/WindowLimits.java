package org.plumbline.plugin.pipeline;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.window.EffectSettings;
import org.plumbline.core.window.WindowSettings;
import org.plumbline.plugin.intercept.ServedId;

import java.util.Map;
import java.util.Optional;

/**
 * Bounds of the windows of one served version. Immutable.
 *
 * @param generation of the served version whose events count; others are left out
 * @param settings of every window
 * @param effects when a concept counts as used
 * @param series windows at most, at least 1
 * @param tests of the series, if they are tested
 * @param fits generation since which a concept's CAV is what it is, where it is an earlier one: its
 *     windows go on
 */
public record WindowLimits(
        long generation,
        WindowSettings settings,
        EffectSettings effects,
        int series,
        Optional<TestPlan> tests,
        Map<ConceptId, Long> fits) {
    /** Copies the fits. */
    public WindowLimits {
        fits = Map.copyOf(fits);
    }

    /**
     * Windows without tests, the standard sizes of effects, and concepts new in this generation.
     */
    public WindowLimits(long generation, WindowSettings settings, int series) {
        this(
                generation,
                settings,
                EffectSettings.standard(settings.error()),
                series,
                Optional.empty(),
                Map.of());
    }

    /** Returns the generation whose CAV a concept's windows are about. */
    long fitted(ConceptId concept) {
        return fits.getOrDefault(concept, generation);
    }

    /** Returns whether the versions still have the CAV that a concept had at a generation. */
    static boolean goesOn(DriftKey key, long fitted, Map<ServedId, WindowLimits> versions) {
        WindowLimits limits = versions.get(key.id());
        return limits != null && limits.fitted(key.concept()) == fitted;
    }
}
