package org.plumbline.worker.training;

/**
 * How to train, whatever the method. Immutable.
 *
 * @param loop length, batches, schedule, seed
 * @param optimizer of the parameters
 * @param precision of convolutions and matrix products
 */
public record TrainingSettings(
        LoopSettings loop, OptimizerSettings optimizer, Precision precision) {
    /** Trains in float32. */
    public TrainingSettings(LoopSettings loop, OptimizerSettings optimizer) {
        this(loop, optimizer, Precision.FLOAT32);
    }
}
