package org.plumbline.worker.correction.pruning;

/**
 * How much of a tensor a mask keeps. Immutable.
 *
 * @param tensor attribute path, such as {@code conv1.weight}
 * @param kept entries with a logit of at least 0
 * @param size entries in all
 */
public record KeptWeights(String tensor, long kept, long size) {
    /** Returns the share kept, in [0, 1]. */
    public double ratio() {
        return size == 0 ? 1 : (double) kept / size;
    }
}
