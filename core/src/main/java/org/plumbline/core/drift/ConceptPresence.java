package org.plumbline.core.drift;

/**
 * Whether an input carries a concept: whether its activation's projection on the CAV is nearer to
 * the mean of the examples with the concept than to that without. The share of such inputs is the
 * concept's prevalence, a stream of 0 and 1 with range [0, 1]. Immutable.
 *
 * @param without mean projection of examples without the concept, in units of activation
 * @param with mean projection of examples with it, different from {@code without}
 */
public record ConceptPresence(double without, double with) {
    /** Checks the ranges. */
    public ConceptPresence {
        if (!Double.isFinite(without - with) || without == with) {
            throw new IllegalArgumentException(
                    "projections: " + without + ", " + with + " (expected: finite, different)");
        }
    }

    /** Returns 1 where a projection is nearer to {@link #with}, else 0. */
    public double of(double projection) {
        return Math.abs(projection - with) < Math.abs(projection - without) ? 1 : 0;
    }
}
