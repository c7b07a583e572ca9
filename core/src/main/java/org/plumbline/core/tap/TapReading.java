package org.plumbline.core.tap;

import org.plumbline.core.tensor.FloatTensor;

/**
 * What some samples showed at one layer; heap values only, so it may cross threads.
 *
 * @param logits shape {@code [n, classes]}
 * @param activation output of the layer, {@code [n, d, h, w]} or {@code [n, d]}
 * @param gradient d(logit of the target class) / d(activation), shape of {@code activation}
 */
public record TapReading(FloatTensor logits, FloatTensor activation, FloatTensor gradient) {}
