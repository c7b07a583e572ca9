package org.plumbline.worker.training;

/**
 * What the loop itself must know. Immutable.
 *
 * @param batchSize samples a step, at least 1
 * @param dropLast whether an incomplete batch at the end of an epoch is left out
 * @param seed decides order, random signs and dropout
 */
public record LoopSettings(
        Length length, int batchSize, boolean dropLast, Schedule schedule, long seed) {
    /** Checks the batch size. */
    public LoopSettings {
        if (batchSize < 1) {
            throw new IllegalArgumentException(
                    "batch_size: " + batchSize + " (expected: at least 1)");
        }
    }

    /** Returns settings with a constant rate and incomplete batches kept. */
    public static LoopSettings of(Length length, int batchSize, long seed) {
        return new LoopSettings(length, batchSize, false, new Schedule.Constant(), seed);
    }

    /** Returns the number of steps over so many samples an epoch. */
    public long steps(int samples) {
        return length.stepsIn(stepsPerEpoch(samples));
    }

    long stepsPerEpoch(int samples) {
        return dropLast ? samples / batchSize : (samples + batchSize - 1L) / batchSize;
    }
}
