package org.plumbline.core.tap;

import ai.djl.ndarray.NDList;

/**
 * One fused audit.
 *
 * @param outputs what {@code forward} would have returned; caller owns
 * @param sensitivities what was read on the way
 */
public record AuditedBatch(NDList outputs, Sensitivities sensitivities) {}
