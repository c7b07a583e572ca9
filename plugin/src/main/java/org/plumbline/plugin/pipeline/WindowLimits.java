package org.plumbline.plugin.pipeline;

import org.plumbline.core.window.WindowSettings;

/**
 * Bounds of the windows of one served version. Immutable.
 *
 * @param generation of the served version whose events count; others are left out
 * @param settings of every window
 * @param series windows at most, at least 1
 */
public record WindowLimits(long generation, WindowSettings settings, int series) {}
