package org.plumbline.worker.autoencoder;

/**
 * How an auto-encoder is trained. Immutable.
 *
 * @param updates of Adam, at least 1
 * @param batchSize images an update, at least 1; fewer where there are fewer
 * @param rate of Adam, above 0
 * @param seed decides first values and the order of images
 */
public record VqVaeSettings(long updates, int batchSize, double rate, long seed) {
    /** Updates as published. */
    public static final long UPDATES = 15_000;

    /** Images an update as published. */
    public static final int BATCH = 256;

    /** Rate of Adam as published. */
    public static final double RATE = 1e-3;

    /** Checks the ranges. */
    public VqVaeSettings {
        require("updates", updates, updates >= 1);
        require("batch_size", batchSize, batchSize >= 1);
        require("learning_rate", rate, rate > 0 && rate < 1);
    }

    private static void require(String name, Number value, boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: above 0)");
        }
    }
}
