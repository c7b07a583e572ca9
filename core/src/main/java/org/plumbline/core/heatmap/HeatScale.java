package org.plumbline.core.heatmap;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;

/**
 * From values to places of the colour map: symmetric, zero in the middle. Immutable.
 *
 * @param limit magnitude shown at full strength, in units of the maps; 0 if all are zero
 * @param signed whether there are values below zero
 * @param clipped whether there are magnitudes above {@code limit}
 */
public record HeatScale(double limit, boolean signed, boolean clipped) {
    private static final double COVERED = 0.995;

    public HeatScale {
        if (!(limit >= 0 && Double.isFinite(limit))) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: finite, >= 0)");
        }
    }

    /** Returns the scale of all values of {@code [n, h, w]}; those not finite do not count. */
    public static HeatScale of(FloatTensor maps, ScaleRule rule) {
        float[] magnitudes = new float[maps.values().length];
        int finite = 0;
        boolean signed = false;
        for (float value : maps.values()) {
            if (Float.isFinite(value)) {
                magnitudes[finite++] = Math.abs(value);
                signed |= value < 0;
            }
        }
        if (finite == 0) {
            return new HeatScale(0, false, false);
        }
        Arrays.sort(magnitudes, 0, finite);
        float largest = magnitudes[finite - 1];
        float covering = magnitudes[(int) Math.ceil(COVERED * finite) - 1];
        float limit = rule == ScaleRule.ROBUST && covering > 0 ? covering : largest;
        return new HeatScale(limit, signed, largest > limit);
    }

    /** Returns the place of a value in [-1, 1]; NaN if it is not finite, 0 if all are zero. */
    public double position(double value) {
        if (!Double.isFinite(value)) {
            return Double.NaN;
        }
        return limit == 0 ? 0 : Math.max(-1, Math.min(1, value / limit));
    }
}
