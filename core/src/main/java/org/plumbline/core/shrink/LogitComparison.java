package org.plumbline.core.shrink;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.Optional;

/**
 * How far two models' answers to the same inputs are apart. They count as equal if every pair of
 * logits differs by at most {@code 1e-5 (1 + |logit|)}, since sums over fewer terms are taken in
 * another order. Then no sample changes its class, but for classes whose logits are as close as
 * that. Immutable.
 *
 * @param samples compared
 * @param largest largest difference of two logits
 * @param problem what differs; empty: they are equal
 */
public record LogitComparison(int samples, double largest, Optional<String> problem) {
    /** Largest difference of logits near 0; it grows with the logit. */
    public static final double TOLERANCE = 1e-5;

    /** Compares answers {@code [n, classes]}, or of any shape. */
    static LogitComparison of(FloatTensor before, FloatTensor after) {
        if (!Arrays.equals(before.shape(), after.shape())) {
            String shapes = "output: " + after + " (expected: " + before + ")";
            return new LogitComparison(before.rows(), Double.NaN, Optional.of(shapes));
        }
        double largest = 0;
        Optional<String> problem = Optional.empty();
        for (int i = 0; i < before.values().length; i++) {
            double expected = before.values()[i];
            double difference = Math.abs(after.values()[i] - expected);
            if (!(difference <= tolerance(expected)) && problem.isEmpty()) { // not finite, too
                problem = Optional.of(problem(i, before, after));
            }
            largest = Math.max(largest, difference);
        }
        return new LogitComparison(before.rows(), largest, problem);
    }

    private static double tolerance(double logit) {
        return TOLERANCE * (1 + Math.abs(logit));
    }

    private static String problem(int at, FloatTensor before, FloatTensor after) {
        return "logit of sample "
                + at / before.rowSize()
                + ": "
                + after.values()[at]
                + " (expected: "
                + before.values()[at]
                + ")";
    }

    /** Returns whether the answers count as equal. */
    public boolean isEqual() {
        return problem.isEmpty();
    }
}
