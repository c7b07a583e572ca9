package org.plumbline.core.tap;

import ai.djl.ndarray.NDList;

/**
 * Loss terms of one step and the gradients, which hang on the unit of the call. Immutable.
 *
 * @param loss what is minimised
 * @param crossEntropy weighted mean cross-entropy
 * @param penalty the method's term before lambda
 * @param gradients one for each trainable parameter, in the order of the plan
 */
public record LossReading(double loss, double crossEntropy, double penalty, NDList gradients) {}
