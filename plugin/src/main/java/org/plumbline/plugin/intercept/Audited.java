package org.plumbline.plugin.intercept;

import ai.djl.ndarray.NDList;

import java.util.List;

/**
 * Result of one fused audit.
 *
 * @param outputs what {@code forward} would have returned; caller owns
 * @param samples what was read on the way, one entry per row; heap only
 */
public record Audited(NDList outputs, List<SampleReading> samples) {}
