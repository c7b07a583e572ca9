package org.plumbline.worker.training;

import org.plumbline.core.tap.UpdateRule;

/**
 * How gradients become updates. Immutable.
 *
 * @param rule update rule with its numbers
 * @param rate learning rate before the schedule, at least 0
 * @param clip largest norm of all gradients together; infinite: no clipping
 */
public record OptimizerSettings(UpdateRule rule, double rate, double clip) {
    /** Checks the ranges. */
    public OptimizerSettings {
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("learning_rate: " + rate + " (expected: >= 0)");
        }
        if (!(clip > 0)) {
            throw new IllegalArgumentException("gradient_clip: " + clip + " (expected: > 0)");
        }
    }
}
