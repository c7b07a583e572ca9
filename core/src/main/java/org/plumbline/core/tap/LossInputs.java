package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * What a loss needs besides images; borrowed. Immutable.
 *
 * @param labels {@code [n]} int64; with caches of the whole data set its labels
 * @param classWeights {@code [classes]} float32
 * @param cavs {@code [K, d]} unit vectors, or with tangents those of the whole data set, {@code [N,
 *     K, size]}; ignored by plain cross-entropy
 * @param signs {@code [n, classes]} factors of the logits before they are differentiated; ignored
 *     where the criterion needs none
 * @param lambda scalar weight of the penalty
 */
public record LossInputs(
        NDArray labels, NDArray classWeights, NDArray cavs, NDArray signs, NDArray lambda) {
    NDList after(NDList first) {
        NDList all = new NDList(first);
        all.addAll(new NDList(labels, classWeights, cavs, signs, lambda));
        return all;
    }
}
