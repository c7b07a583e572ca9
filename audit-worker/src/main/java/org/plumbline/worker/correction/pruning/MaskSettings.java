package org.plumbline.worker.correction.pruning;

/**
 * How masks are learnt. Immutable.
 *
 * @param rate learning rate of Adam on the logits
 * @param epsilon of Adam; with {@code sparsity} it decides when weights without gradient go
 * @param sparsity weight of the sum of all logits, at least 0
 * @param upweight how many times more often a flagged row is drawn, above 0
 */
public record MaskSettings(
        Gate gate, TaskLoss loss, double rate, double epsilon, double sparsity, double upweight) {
    /** Checks the ranges. */
    public MaskSettings {
        require("mask_learning_rate", rate, rate > 0);
        require("mask_epsilon", epsilon, epsilon > 0);
        require("lambda_sparse", sparsity, sparsity >= 0);
        require("mask_upweight", upweight, upweight > 0);
    }

    private static void require(String name, double value, boolean valid) {
        if (!valid || !Double.isFinite(value)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }
}
