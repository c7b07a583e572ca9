package org.plumbline.worker.training;

import org.plumbline.core.instrument.Optimizer;
import org.plumbline.core.tap.Updater;

/**
 * How to train, whatever the method. Immutable.
 *
 * @param epochs passes over the training rows, at least 1
 * @param batchSize samples a step, at least 1; the last batch of an epoch may be smaller
 * @param optimizer update rule
 * @param numbers of the update rule
 * @param seed decides shuffling, random signs and dropout
 */
public record TrainingSettings(
        int epochs, int batchSize, Optimizer optimizer, Updater.Settings numbers, long seed) {}
