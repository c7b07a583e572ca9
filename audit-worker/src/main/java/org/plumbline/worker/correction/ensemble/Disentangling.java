package org.plumbline.worker.correction.ensemble;

/**
 * Weights and times of DisEnt's losses. Immutable.
 *
 * @param lambdaDis weight of the biased network's loss, at least 0
 * @param lambdaSwap weight of the losses on swapped features, at least 0
 * @param lambdaSwapAlign weight of the biased network's loss among those, at least 0
 * @param currStep last step without swapping, from 0; learning rates decay from it on
 * @param decayStep steps from one decay to the next, at least 1
 * @param gamma factor of a decay, in (0, 1]
 */
public record Disentangling(
        double lambdaDis,
        double lambdaSwap,
        double lambdaSwapAlign,
        long currStep,
        long decayStep,
        double gamma) {

    /** Returns whether bias features are swapped in a step, from 0. */
    public boolean swaps(long step) {
        return step > currStep;
    }

    /**
     * Returns the factor of the learning rate in a step, from 0: 1 up to {@code currStep +
     * decayStep}, exclusive.
     */
    public double rate(long step) {
        return Math.pow(gamma, Math.max(0.0, Math.floor((double) (step - currStep) / decayStep)));
    }
}
