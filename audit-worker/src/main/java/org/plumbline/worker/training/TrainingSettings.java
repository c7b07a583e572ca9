package org.plumbline.worker.training;

/**
 * How to train, whatever the method. Immutable.
 *
 * @param loop length, batches, schedule, seed
 * @param optimizer of the parameters
 */
public record TrainingSettings(LoopSettings loop, OptimizerSettings optimizer) {}
