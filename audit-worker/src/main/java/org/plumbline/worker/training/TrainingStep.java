package org.plumbline.worker.training;

import java.util.Map;

/**
 * How far a training run is. Immutable.
 *
 * @param phase {@code prepare}, {@code activations} or {@code train}
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
}
