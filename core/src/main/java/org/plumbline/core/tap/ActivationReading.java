package org.plumbline.core.tap;

import org.plumbline.core.tensor.FloatTensor;

/**
 * What some samples showed at one layer in a forward pass; heap values only.
 *
 * @param logits shape {@code [n, classes]}
 * @param activation output of the layer, such as {@code [n, d, h, w]}, {@code [n, t, d]} or {@code
 *     [n, d]}
 */
public record ActivationReading(FloatTensor logits, FloatTensor activation) {}
