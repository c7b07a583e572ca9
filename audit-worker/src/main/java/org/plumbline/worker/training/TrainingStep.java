package org.plumbline.worker.training;

import java.util.Map;

/**
 * How far a training run is, or what it has found. Immutable.
 *
 * @param phase such as {@code prepare}, {@code activations} or {@code train}
 * @param epoch current epoch, from 1; 0 before training
 * @param step steps done over all epochs
 * @param steps steps of the whole run; 0 while unknown
 * @param losses loss terms of the last step by name, such as {@code loss}, {@code penalty}
 */
public record TrainingStep(
        String phase, int epoch, int epochs, long step, long steps, Map<String, Double> losses) {
    /** Copies the losses. */
    public TrainingStep {
        losses = Map.copyOf(losses);
    }

    /**
     * Returns numbers that a phase found, in place of a step: what was mined, how much is kept.
     *
     * @param numbers at least one
     */
    public static TrainingStep finding(String phase, Map<String, Double> numbers) {
        return new TrainingStep(phase, 0, 0, 0, 0, numbers);
    }

    /** Returns whether this tells what was found rather than how far the run is. */
    public boolean isFinding() {
        return step == 0 && !losses.isEmpty();
    }
}
