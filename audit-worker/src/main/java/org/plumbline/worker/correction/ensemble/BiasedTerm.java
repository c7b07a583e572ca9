package org.plumbline.worker.correction.ensemble;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import java.util.Optional;

/**
 * The loss that makes a network biased: plain cross-entropy on the samples detectors found
 * bias-aligned, or generalised cross-entropy on all. Confined to one thread.
 *
 * @param q of the generalised cross-entropy
 * @param votes of BiasEnsemble's detectors
 */
public record BiasedTerm(ReweightingLosses losses, double q, Optional<Votes> votes) {

    /**
     * Returns a scalar with graph.
     *
     * @param crossEntropy of the biased network, {@code [n]}
     * @param samples number of every row
     */
    public NDArray of(NDManager unit, NDArray crossEntropy, int... samples) {
        if (votes.isEmpty()) {
            return losses.mean(unit, losses.generalised(unit, crossEntropy, q));
        }
        float[] flags = new float[samples.length];
        for (int i = 0; i < samples.length; i++) {
            flags[i] = votes.get().isAligned(samples[i]) ? 1 : 0;
        }
        return losses.meanOf(unit, crossEntropy, unit.create(flags));
    }
}
