package org.plumbline.plugin.pipeline;

import org.plumbline.core.window.EffectSettings;
import org.plumbline.core.window.WindowSettings;

import java.util.Optional;

/**
 * Bounds of the windows of one served version. Immutable.
 *
 * @param generation of the served version whose events count; others are left out
 * @param settings of every window
 * @param effects when a concept counts as used
 * @param series windows at most, at least 1
 * @param tests of the series, if they are tested
 */
public record WindowLimits(
        long generation,
        WindowSettings settings,
        EffectSettings effects,
        int series,
        Optional<TestPlan> tests) {
    /** Windows without tests, and the standard sizes of effects. */
    public WindowLimits(long generation, WindowSettings settings, int series) {
        this(
                generation,
                settings,
                EffectSettings.standard(settings.error()),
                series,
                Optional.empty());
    }
}
