package org.plumbline.core.cav;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

/**
 * The {@code signal} CAV: slope of the activation on the concept label, which for a binary label is
 * the difference of the group means, at unit length. Thread-safe.
 *
 * <p>Source: Pahde et al., "Navigating Neural Space", 2022; code frederikpahde/rrclarc, {@code
 * utils/cav.py}.
 */
public final class SignalCav {
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
        int n = activations.rows();
        int d = activations.rowSize();
        if (concept.length != n) {
            throw AuditException.of(ErrorCode.BAD_DATA, "concept", concept.length, n + " labels");
        }
        double[] with = new double[d];
        double[] without = new double[d];
        int positives = 0;
        for (int i = 0; i < n; i++) {
            if (concept[i] != 0 && concept[i] != 1) {
                throw AuditException.of(ErrorCode.BAD_DATA, "concept", concept[i], "0 or 1");
            }
            positives += (int) concept[i];
            double[] sum = concept[i] == 1 ? with : without;
            for (int j = 0; j < d; j++) {
                sum[j] += activations.values()[i * d + j];
            }
        }
        if (positives == 0 || positives == n) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "concept",
                    positives + " positives of " + n,
                    "both positives and negatives");
        }
        double norm = 0;
        double[] slope = new double[d];
        for (int j = 0; j < d; j++) {
            slope[j] = with[j] / positives - without[j] / (n - positives);
            norm += slope[j] * slope[j];
        }
        if (!Double.isFinite(norm) || norm == 0) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "activations",
                    norm == 0 ? "equal means" : "not finite",
                    "finite values that differ between positives and negatives");
        }
        double length = Math.sqrt(norm);
        for (int j = 0; j < d; j++) {
            slope[j] /= length;
        }
        return DenseVector.copyOf(slope);
    }
}
