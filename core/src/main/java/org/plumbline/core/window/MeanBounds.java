package org.plumbline.core.window;

/**
 * Bounds of a mean. Immutable.
 *
 * @param lower at most the observed mean
 * @param upper at least the observed mean
 */
public record MeanBounds(double lower, double upper) {
    /** Returns whether the bounds exclude a value. */
    public boolean exclude(double value) {
        return value < lower || value > upper;
    }
}
