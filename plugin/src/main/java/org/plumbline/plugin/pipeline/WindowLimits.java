package org.plumbline.plugin.pipeline;

/**
 * Bounds of the windows of one served version. Immutable.
 *
 * @param generation of the served version whose events count; others are left out
 * @param samples samples kept per window, at least 1
 * @param series windows at most, at least 1
 */
public record WindowLimits(long generation, int samples, int series) {}
