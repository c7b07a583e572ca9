package org.plumbline.worker.twin;

/**
 * How honest twins are trained. Immutable.
 *
 * @param twins how many, at least 1
 * @param steps updates of each, at least 1
 * @param batchSize clean inputs an update, at least 1
 * @param rate of Adam, above 0
 * @param seed of the first; others follow
 */
public record TwinSettings(int twins, int steps, int batchSize, double rate, long seed) {
    /** Three twins of 300 updates with 64 inputs each. */
    public static final TwinSettings DEFAULT = new TwinSettings(3, 300, 64, 1e-3, 1);

    /** Checks the ranges. */
    public TwinSettings {
        require("twins", twins, twins >= 1);
        require("steps", steps, steps >= 1);
        require("batch_size", batchSize, batchSize >= 1);
        require("learning_rate", rate, rate > 0 && rate < 1);
    }

    private static void require(String name, Number value, boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: above 0)");
        }
    }
}
