package org.plumbline.plugin.pipeline;

import org.plumbline.core.window.WindowSettings;

import java.util.Optional;

/**
 * Bounds of the windows of one served version. Immutable.
 *
 * @param generation of the served version whose events count; others are left out
 * @param settings of every window
 * @param series windows at most, at least 1
 * @param tests of the series, if they are tested
 */
public record WindowLimits(
        long generation, WindowSettings settings, int series, Optional<TestPlan> tests) {
    /** Windows without tests. */
    public WindowLimits(long generation, WindowSettings settings, int series) {
        this(generation, settings, series, Optional.empty());
    }
}
