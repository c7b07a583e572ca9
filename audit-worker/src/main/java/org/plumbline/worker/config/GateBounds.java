package org.plumbline.worker.config;

/**
 * What the gate lets pass. Immutable.
 *
 * @param cleanAccuracyDrop by how much clean accuracy may fall, in [0, 1]
 * @param worstGroupDrop by how much worst-group accuracy may fall, in [0, 1]
 * @param tcavTolerance distance of a TCAV score from 0.5 that counts as neutral, in [0, 0.5]
 * @param cleanAccuracyUncertainty by how much more clean accuracy might truly have fallen, at 95 %
 *     confidence, in [0, 1]; a test set too small to say so fails
 * @param worstGroupUncertainty the same of worst-group accuracy, in [0, 1]
 */
public record GateBounds(
        double cleanAccuracyDrop,
        double worstGroupDrop,
        double tcavTolerance,
        double cleanAccuracyUncertainty,
        double worstGroupUncertainty) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a bound is out of range
     */
    public GateBounds {
        check("clean-accuracy-drop", cleanAccuracyDrop, 1);
        check("worst-group-drop", worstGroupDrop, 1);
        check("tcav-tolerance", tcavTolerance, 0.5);
        check("clean-accuracy-uncertainty", cleanAccuracyUncertainty, 1);
        check("worst-group-uncertainty", worstGroupUncertainty, 1);
    }

    /**
     * Returns bounds of one point of clean accuracy, none of the worst group, TCAV in ±0.05; true
     * losses may be larger by 5 and 10 points.
     */
    public static GateBounds defaults() {
        return new GateBounds(0.01, 0, 0.05, 0.05, 0.1);
    }

    private static void check(String name, double value, double largest) {
        if (!(value >= 0 && value <= largest)) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: 0 to " + largest + ")");
        }
    }
}
