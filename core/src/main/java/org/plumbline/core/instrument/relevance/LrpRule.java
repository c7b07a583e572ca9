package org.plumbline.core.instrument.relevance;

import org.plumbline.core.tensor.DenseVector;

/**
 * How relevance {@code R_out} of a weighted layer {@code z = W x + b} is split over its inputs;
 * {@code +} and {@code -} are positive and negative parts, {@code s(z)} the stabilised {@code z}.
 *
 * <p>Sources: Bach et al., PLoS ONE 2015; Montavon et al., Pattern Recognition 2017; as chr5tphr/
 * zennit 0.4.6 computes them.
 */
public sealed interface LrpRule {

    /** {@code R_in = x W^T (R_out / s(z))}. */
    record Epsilon() implements LrpRule {}

    /**
     * z+: {@code R_in = x+ W+^T S + x- W-^T S}, {@code S = R_out / s(x+ W+ + x- W- + b+)}; for
     * inputs of at least 0 the rule of positive weights alone.
     */
    record Plus() implements LrpRule {}

    /**
     * {@code alpha} times the rule of positive contributions minus {@code beta} times that of
     * negative ones.
     *
     * @param alpha at least 1
     * @param beta {@code alpha - 1}, so that relevance is conserved
     */
    record AlphaBeta(double alpha, double beta) implements LrpRule {
        /** Checks the ranges. */
        public AlphaBeta {
            if (!(alpha >= 1 && Math.abs(alpha - beta - 1) < 1e-9)) {
                throw new IllegalArgumentException(
                        "alpha, beta: " + alpha + ", " + beta + " (expected: alpha - beta = 1)");
            }
        }
    }

    /** Every input of a unit gets an equal share. */
    record Flat() implements LrpRule {}

    /**
     * zB, for pixels between bounds: {@code R_in = x W^T S - low W+^T S - high W-^T S}, {@code S =
     * R_out / s(W x - W+ low - W- high)}.
     *
     * @param low least value of a pixel, one for all or one for each channel
     * @param high largest value, of the same dimension
     */
    record Box(DenseVector low, DenseVector high) implements LrpRule {
        /** The published bounds of fairwashing: ImageNet's, whatever the data. */
        public static final Box IMAGENET_EXTREMES =
                between((0 - 0.485) / 0.229, (1 - 0.406) / 0.225);

        /** Checks that the bounds fit. */
        public Box {
            boolean fit = low.dimension() == high.dimension();
            for (int c = 0; fit && c < low.dimension(); c++) {
                fit = low.at(c) <= high.at(c);
            }
            if (!fit) {
                throw new IllegalArgumentException(
                        "bounds: " + low + ", " + high + " (expected: low <= high)");
            }
        }

        /** Returns the rule with the same bounds for every channel. */
        public static Box between(double low, double high) {
            return new Box(
                    DenseVector.copyOf(new double[] {low}),
                    DenseVector.copyOf(new double[] {high}));
        }
    }
}
