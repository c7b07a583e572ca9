package org.plumbline.core.heatmap;

import org.plumbline.core.tensor.FloatTensor;

/**
 * One model input as levels in [0, 1]: three planes for three channels, else one, which is the mean
 * over channels. Confined to its owner.
 */
final class InputImage {
    private static final int COLORS = 3;
    private static final float MIDDLE = 0.5f;

    private final Plane[] planes;

    private InputImage(Plane... planes) {
        this.planes = planes;
    }

    /** Returns a row of inputs {@code [n, c, h, w]}; values that are not finite become black. */
    static InputImage of(FloatTensor inputs, int row, PixelRange range) {
        int channels = inputs.extent(1);
        int size = inputs.extent(2) * inputs.extent(3);
        int shown = channels == COLORS ? COLORS : 1;
        float[][] levels = new float[shown][size];
        for (int c = 0; c < channels; c++) {
            int from = (row * channels + c) * size;
            for (int i = 0; i < size; i++) {
                float value = inputs.values()[from + i];
                levels[c % shown][i] += range.level(value, c) * shown / channels;
            }
        }
        if (range.relative()) {
            stretch(levels);
        }
        Plane[] planes = new Plane[shown];
        for (int c = 0; c < shown; c++) {
            planes[c] = Plane.of(inputs.extent(2), inputs.extent(3), clamped(levels[c]));
        }
        return new InputImage(planes);
    }

    int height() {
        return planes[0].height();
    }

    int width() {
        return planes[0].width();
    }

    /** Returns the colour {@code 0xRRGGBB} at a place, in cells of this image. */
    int rgb(Enlargement enlargement, double y, double x) {
        int rgb = 0;
        for (int c = 0; c < COLORS; c++) {
            double level = enlargement.at(planes[c % planes.length], y, x);
            rgb = rgb << 8 | (int) Math.round(255 * level);
        }
        return rgb;
    }

    private static void stretch(float[]... levels) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float[] plane : levels) {
            for (float level : plane) {
                if (Float.isFinite(level)) {
                    low = Math.min(low, level);
                    high = Math.max(high, level);
                }
            }
        }
        for (float[] plane : levels) {
            for (int i = 0; i < plane.length; i++) {
                plane[i] = high > low ? (plane[i] - low) / (high - low) : MIDDLE;
            }
        }
    }

    private static float[] clamped(float... levels) {
        for (int i = 0; i < levels.length; i++) {
            levels[i] = Float.isFinite(levels[i]) ? Math.max(0, Math.min(1, levels[i])) : 0;
        }
        return levels;
    }
}
