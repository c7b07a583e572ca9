package org.plumbline.core.tap;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Optional;

/**
 * Parameters of integrated gradients. Immutable.
 *
 * <p>With the points {@code a_j} and weights {@code w_j} of a quadrature, baseline {@code b} and
 * target {@code k}: {@code R = (x - b) sum_j w_j dy_k/dx (b + a_j (x - b))}.
 *
 * <p>Source: Sundararajan et al., "Axiomatic Attribution for Deep Networks", ICML 2017; {@code
 * captum.attr.IntegratedGradients} (v0.6.0).
 *
 * @param steps number of points, at least 1
 * @param baseline where the path starts, {@code [c, h, w]} or {@code [1, c, h, w]}; empty: zero
 */
public record IntegratedGradients(
        int steps, Quadrature quadrature, Form form, Optional<FloatTensor> baseline) {
    /** 50 points of Gauss-Legendre from the zero image. */
    public static final IntegratedGradients DEFAULT =
            new IntegratedGradients(50, Quadrature.GAUSS_LEGENDRE, Form.STANDARD, Optional.empty());

    /** The published form of fairwashing: eight steps from the zero image, {@link Form#LEGACY}. */
    public static final IntegratedGradients LEGACY =
            new IntegratedGradients(8, Quadrature.RIEMANN_RIGHT, Form.LEGACY, Optional.empty());

    private static final int MOST_STEPS = 10_000;

    /** Which definition is followed. */
    public enum Form {
        /** The textbook. */
        STANDARD,
        /**
         * As fairwashing/fairwashing ({@code fairwasher/utils.py}, 4ce9fa4) with one image per
         * call: gradients are taken with respect to {@code x} and so carry a factor {@code a_j}
         * each; a predicted target is predicted anew at every point.
         */
        LEGACY,
        /**
         * As there with several images per call: as {@link #LEGACY}, and every row is multiplied by
         * the first image of the whole call instead of its own.
         */
        LEGACY_BATCH
    }

    /** Checks the range and the shape. */
    public IntegratedGradients {
        if (steps < 1 || steps > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "steps: " + steps + " (expected: 1 to " + MOST_STEPS + ")");
        }
        baseline.ifPresent(IntegratedGradients::requireImage);
    }

    private static void requireImage(FloatTensor baseline) {
        boolean image = baseline.rank() == 3 || (baseline.rank() == 4 && baseline.rows() == 1);
        if (!image) {
            throw new IllegalArgumentException(
                    "baseline: " + baseline + " (expected: [c, h, w] or [1, c, h, w])");
        }
    }

    boolean legacy() {
        return form != Form.STANDARD;
    }

    /** Returns the points {@code a_j}. */
    float[] points() {
        return floats(quadrature.pointsAndWeights(steps)[0]);
    }

    /** Returns the weights of the gradients at the points. */
    float[] weights() {
        double[][] rule = quadrature.pointsAndWeights(steps);
        double[] weights = rule[1].clone();
        for (int j = 0; legacy() && j < steps; j++) {
            weights[j] *= rule[0][j];
        }
        return floats(weights);
    }

    private static float[] floats(double[] values) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) values[i];
        }
        return out;
    }

    /** Returns where the path starts, {@code [1, c, h, w]}. */
    FloatTensor baselineFor(FloatTensor inputs) {
        long[] one = inputs.shape();
        one[0] = 1;
        FloatTensor start = baseline.orElseGet(() -> FloatTensor.zeros(one));
        return FloatTensor.of(start.values(), one);
    }
}
