package org.plumbline.worker.training;

import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.LossReading;

/** Training samples in whatever form a model takes them. Confined to one thread. */
public interface Batches {
    /** Returns the number of samples. */
    int size();

    /**
     * Returns loss and gradients of some samples.
     *
     * @param samples numbers from 0 to {@link #size}, exclusive
     * @param step number of the step, from 0; decides random signs
     * @param unit scope of the step; the gradients hang on it
     */
    LossReading loss(int[] samples, long step, NDManager unit);
}
