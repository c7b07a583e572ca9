package org.plumbline.worker.config;

/**
 * What the gate lets pass. Immutable.
 *
 * @param cleanAccuracyDrop by how much clean accuracy may fall, in [0, 1]
 * @param worstGroupDrop by how much worst-group accuracy may fall, in [0, 1]
 * @param tcavTolerance distance of a TCAV score from 0.5 that counts as neutral, in [0, 0.5]
 */
public record GateBounds(double cleanAccuracyDrop, double worstGroupDrop, double tcavTolerance) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a bound is out of range
     */
    public GateBounds {
        check("clean-accuracy-drop", cleanAccuracyDrop, 1);
        check("worst-group-drop", worstGroupDrop, 1);
        check("tcav-tolerance", tcavTolerance, 0.5);
    }

    /** Returns bounds of one point of clean accuracy, none of the worst group, TCAV in ±0.05. */
    public static GateBounds defaults() {
        return new GateBounds(0.01, 0, 0.05);
    }

    private static void check(String name, double value, double largest) {
        if (!(value >= 0 && value <= largest)) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: 0 to " + largest + ")");
        }
    }
}
