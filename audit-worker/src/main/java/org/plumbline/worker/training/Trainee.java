package org.plumbline.worker.training;

import java.util.Map;

/**
 * What a method supplies to the {@link TrainingLoop}: how one step changes its models. Confined to
 * one thread.
 */
public interface Trainee {
    /** Returns the number of samples. */
    int size();

    /**
     * Does one step: losses, gradients, updates.
     *
     * @return what the listener hears, by name, such as {@code loss} and {@code gradient_norm};
     *     none may be infinite or NaN
     */
    Map<String, Double> step(Step step);

    /** Returns all that steps have changed: parameters, moments, tables. */
    TrainingState state();

    /** Goes on where a trainee of the same method, model and data was. */
    void restore(TrainingState state);

    /**
     * Returns the order in which samples are seen; all of them in every epoch unless overridden.
     */
    default SampleOrder order(long seed) {
        return new Shuffle(seed, size());
    }

    /**
     * Which step to do. Not to be kept.
     *
     * @param samples numbers from 0 to {@link #size}, exclusive
     * @param number steps done before, from 0; with the run's seed it decides every random draw
     * @param epoch from 1
     * @param rateFactor what the schedule says to multiply learning rates by
     */
    @SuppressWarnings("ArrayRecordComponent") // lives for one call; compared by nobody
    record Step(int[] samples, long number, int epoch, double rateFactor) {}
}
