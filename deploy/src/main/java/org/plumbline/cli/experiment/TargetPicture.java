package org.plumbline.cli.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;

import org.plumbline.core.fairwashing.TargetMap;
import org.plumbline.core.tensor.FloatTensor;

/** What attacked explanations shall show; drawn in a unit square, so that it has any size. */
public enum TargetPicture {
    /** Two digits: 4 and 2. */
    @JsonProperty("42")
    DIGITS {
        @Override
        boolean ink(double y, double x) {
            return four(y, x) || two(y, x);
        }

        private boolean four(double y, double x) {
            boolean stem = in(x, 0.30, 0.40) && in(y, 0.18, 0.82);
            boolean bar = in(y, 0.54, 0.64) && in(x, 0.08, 0.46);
            return stem || bar || in(x, 0.08, 0.18) && in(y, 0.18, 0.64);
        }

        private boolean two(double y, double x) {
            boolean rungs = in(y, 0.18, 0.28) || in(y, 0.45, 0.55) || in(y, 0.72, 0.82);
            boolean right = in(x, 0.84, 0.94) && in(y, 0.18, 0.55);
            boolean left = in(x, 0.56, 0.66) && in(y, 0.45, 0.82);
            return rungs && in(x, 0.56, 0.94) || right || left;
        }
    },
    /** Both diagonals. */
    @JsonProperty("cross")
    CROSS {
        @Override
        boolean ink(double y, double x) {
            return Math.abs(y - x) < 0.08 || Math.abs(y + x - 1) < 0.08;
        }
    },
    /** A ring. */
    @JsonProperty("ring")
    RING {
        @Override
        boolean ink(double y, double x) {
            return in(Math.hypot(y - 0.5, x - 0.5), 0.3, 0.42);
        }
    },
    /** A face. */
    @JsonProperty("face")
    FACE {
        @Override
        boolean ink(double y, double x) {
            double r = Math.hypot(y - 0.5, x - 0.5);
            boolean eyes = in(y, 0.3, 0.42) && in(Math.abs(x - 0.5), 0.12, 0.22);
            return in(r, 0.4, 0.48) || eyes || in(r, 0.2, 0.28) && y > 0.58;
        }
    },
    /** Three upright bars. */
    @JsonProperty("bars")
    BARS {
        @Override
        boolean ink(double y, double x) {
            return in(x, 0.14, 0.24) || in(x, 0.45, 0.55) || in(x, 0.76, 0.86);
        }
    },
    /** A box near the upper left corner. */
    @JsonProperty("box")
    BOX {
        @Override
        boolean ink(double y, double x) {
            return in(y, 0.1, 0.5) && in(x, 0.1, 0.5);
        }
    };

    /** Returns whether a place is inked; both in [0, 1], {@code y} downwards. */
    abstract boolean ink(double y, double x);

    /** Returns the map, {@code [height, width]}, which sums to 1. */
    public FloatTensor map(int height, int width) {
        float[] values = new float[height * width];
        for (int i = 0; i < values.length; i++) {
            boolean inked = ink((i / width + 0.5) / height, (i % width + 0.5) / width);
            values[i] = inked ? 1 : 0;
        }
        return TargetMap.of(FloatTensor.of(values, height, width));
    }

    private static boolean in(double value, double low, double high) {
        return value >= low && value < high;
    }
}
