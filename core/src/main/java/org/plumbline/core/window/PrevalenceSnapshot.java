package org.plumbline.core.window;

/**
 * How many inputs carry a concept. Immutable.
 *
 * @param samples inputs in the window
 * @param share of them with the concept, in [0, 1]; NaN without any
 * @param totalPresent inputs with the concept since the window began
 * @param totalSamples inputs since the window began
 */
public record PrevalenceSnapshot(
        long samples, double share, long totalPresent, long totalSamples) {}
