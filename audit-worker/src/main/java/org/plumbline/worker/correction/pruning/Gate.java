package org.plumbline.worker.correction.pruning;

/**
 * How a logit {@code pi} becomes a random mask: {@code r = sigmoid((l(pi) + noise) / temperature)},
 * {@code m = 1[r > 0.5]}, with {@code noise = -log(log(u1 + e) / log(u0 + e) + e)}, {@code e =
 * 1e-10}, a standard logistic variable. Immutable.
 *
 * <p>Source: Park et al., "Training Debiased Subnetworks with Contrastive Weight Pruning", CVPR
 * 2023, in the form of ParkGeonYeong/DCWP, {@code prune/GumbelSigmoid.py}.
 *
 * @param initial value of every logit at first; published: 1.5
 * @param temperature above 0; published: 1
 * @param legacy whether {@code l(pi) = sigmoid(pi)} as in the published code, which keeps a weight
 *     with a probability between 0.5 and 0.731; else {@code l(pi) = pi}
 */
public record Gate(double initial, double temperature, boolean legacy) {
    /** Checks the ranges. */
    public Gate {
        if (!Double.isFinite(initial)) {
            throw new IllegalArgumentException("mask_initial: " + initial + " (expected: finite)");
        }
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "mask_temperature: " + temperature + " (expected: > 0)");
        }
    }

    /** Returns the probability that a weight is kept in a sample. */
    public double keepProbability(double pi) {
        return sigmoid(legacy ? sigmoid(pi) : pi);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
