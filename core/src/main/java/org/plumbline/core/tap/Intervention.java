package org.plumbline.core.tap;

import org.plumbline.core.tensor.DenseVector;

/**
 * A change made to a layer's value, at every location by the same vector: along the direction until
 * the projection of the pooled channels has come a share of the way to a level. Immutable.
 *
 * <p>Removal of a concept (P-ClArC) goes to the mean level of examples without it, addition
 * (A-ClArC) to the mean level of examples with it, at strength 1.
 *
 * @param direction unit vector {@code [d]}
 * @param level projection aimed at, in units of activation; finite
 * @param strength share of the way: 0 changes nothing, 1 reaches the level; finite
 * @param maximum whether channels are pooled by maximum over locations, else by mean
 */
public record Intervention(DenseVector direction, double level, double strength, boolean maximum) {
    /** Checks that the numbers are finite. */
    public Intervention {
        if (!Double.isFinite(level) || !Double.isFinite(strength)) {
            throw new IllegalArgumentException(
                    "intervention: level "
                            + level
                            + ", strength "
                            + strength
                            + " (expected: finite)");
        }
    }
}
