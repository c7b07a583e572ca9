package org.plumbline.core.cav;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;

/**
 * The {@code signal} CAV: slope of the activation on the concept label, which for a binary label is
 * the difference of the group means, at unit length. Thread-safe.
 *
 * <p>Source: Pahde et al., "Navigating Neural Space", 2022; code frederikpahde/rrclarc, {@code
 * utils/cav.py}.
 */
public final class SignalCav {
    /** Means that that differ by less than this share of a channel's values differ by rounding. */
    private static final double NEGLIGIBLE = 1e-12;

    private SignalCav() {}

    /**
     * Fits the direction from samples without to samples with the concept.
     *
     * @param activations pooled, {@code [n, d]}
     * @param concept 1 with the concept, 0 without; {@code n} entries
     * @return unit vector {@code [d]}
     * @throws AuditException {@code BAD_DATA} if a group is empty, values are not finite or the
     *     groups have equal means
     */
    public static DenseVector fit(FloatTensor activations, long[] concept) {
        return CavKind.SIGNAL.direction(LabelledActivations.of(activations, concept));
    }

    /**
     * Returns the difference of the group means.
     *
     * @throws AuditException {@code BAD_DATA} if it is not finite or zero
     */
    static double[] slope(LabelledActivations data) {
        Difference difference = Difference.of(data);
        if (!difference.finite()) {
            data.requireFinite();
        }
        if (difference.negligible()) {
            data.requireDistinct();
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "activations",
                    "equal means",
                    "values that differ between positives and negatives");
        }
        return difference.slope;
    }

    /** Returns whether the groups have equal means but for rounding. */
    static boolean equalMeans(LabelledActivations data) {
        return Difference.of(data).negligible();
    }

    /** Mean with less mean without the concept, and the largest magnitude, per channel. */
    private static final class Difference {
        private final double[] slope;
        private final float[] largest;

        private Difference(double[] slope, float[] largest) {
            this.slope = slope;
            this.largest = largest;
        }

        static Difference of(LabelledActivations data) {
            int d = data.dimension();
            double[] with = new double[d];
            double[] without = new double[d];
            float[] largest = new float[d];
            for (int i = 0; i < data.rows(); i++) {
                add(data.values(), i * d, data.positive(i) ? with : without, largest);
            }
            for (int j = 0; j < d; j++) {
                with[j] = with[j] / data.positives() - without[j] / data.negatives();
            }
            return new Difference(with, largest);
        }

        private static void add(float[] values, int from, double[] sum, float[] largest) {
            for (int j = 0; j < sum.length; j++) {
                sum[j] += values[from + j];
                largest[j] = Math.max(largest[j], Math.abs(values[from + j]));
            }
        }

        boolean finite() {
            return Arrays.stream(slope).allMatch(Double::isFinite);
        }

        boolean negligible() {
            for (int j = 0; j < slope.length; j++) {
                if (!(Math.abs(slope[j]) <= NEGLIGIBLE * largest[j])) {
                    return false;
                }
            }
            return true;
        }
    }
}
