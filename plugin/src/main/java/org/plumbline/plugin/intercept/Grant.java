package org.plumbline.plugin.intercept;

/**
 * Leave to audit one request; hand it back to the sampler once, with what the audit took.
 *
 * @param cost estimates for the request's shape
 * @param reserved nanoseconds taken from the budget
 */
record Grant(ShapeCost cost, long reserved) {
    /** Returns how much of the answer's time the audit added. */
    long added(long answerNanos) {
        return cost.added(answerNanos);
    }
}
