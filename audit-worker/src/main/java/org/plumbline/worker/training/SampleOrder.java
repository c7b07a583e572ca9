package org.plumbline.worker.training;

/** Which samples an epoch sees, in order. Immutable. */
public interface SampleOrder {
    /**
     * Returns sample numbers; the same for the same epoch, whatever was asked before.
     *
     * @param epoch from 1
     */
    int[] epoch(int epoch);
}
