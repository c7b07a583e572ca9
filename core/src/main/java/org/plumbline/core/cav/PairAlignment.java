package org.plumbline.core.cav;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;

/**
 * How well a CAV points along what really happens to activations when the artifact is put into an
 * image: {@code delta = a(attacked) - a(clean)} of the same images. Immutable.
 *
 * <p>Source: frederikpahde/rrclarc, {@code measure_quality_cav_attacked.py}.
 *
 * @param alignment mean over pairs of {@code cos(delta, h)}, in [-1, 1]; a zero delta counts as 0
 * @param standardError of the alignment: population standard deviation / sqrt(n)
 * @param alignmentOfMean {@code cos(mean delta, h)}, in [-1, 1]
 * @param standardErrorOfMean {@code sqrt(sum_c (se_c h_c)^2)} with the standard errors of delta's
 *     channels, delta divided by the length of its mean
 * @param consistency mean over pairs of {@code cos(delta, mean delta)}: what no constant direction
 *     can exceed by much
 */
public record PairAlignment(
        double alignment,
        double standardError,
        double alignmentOfMean,
        double standardErrorOfMean,
        double consistency) {
    private static final double EPSILON = 1e-7;

    /**
     * Compares a direction with the differences of paired activations.
     *
     * @param attacked {@code [n, d]}, pooled, with the artifact
     * @param clean {@code [n, d]} of the same images without
     * @param direction {@code [d]}, not zero
     * @throws AuditException {@code BAD_DATA} if the shapes differ or there is no pair
     */
    public static PairAlignment of(FloatTensor attacked, FloatTensor clean, DenseVector direction) {
        if (attacked.rank() != 2 || !Arrays.equals(attacked.shape(), clean.shape())) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "clean", clean, "the shape of the attacked, " + attacked);
        }
        int n = attacked.rows();
        int d = attacked.rowSize();
        if (n == 0 || d != direction.dimension()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "attacked",
                    attacked,
                    "[n, " + direction.dimension() + "], n at least 1");
        }
        double[][] deltas = new double[n][d];
        double[] mean = new double[d];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < d; j++) {
                deltas[i][j] = (double) attacked.values()[i * d + j] - clean.values()[i * d + j];
                mean[j] += deltas[i][j] / n;
            }
        }
        return of(deltas, mean, direction);
    }

    private static PairAlignment of(double[][] deltas, double[] mean, DenseVector direction) {
        int n = deltas.length;
        double[] h = new double[mean.length];
        for (int j = 0; j < h.length; j++) {
            h[j] = direction.at(j);
        }
        double[] along = Arrays.stream(deltas).mapToDouble(row -> cosine(row, h)).toArray();
        double[] consistent = Arrays.stream(deltas).mapToDouble(row -> cosine(row, mean)).toArray();
        double scale = norm(mean);
        double squares = 0;
        for (int j = 0; j < h.length; j++) {
            int channel = j;
            double[] values = Arrays.stream(deltas).mapToDouble(row -> row[channel]).toArray();
            double error = Math.sqrt(GroupSeparation.variance(values) / n) / scale;
            squares += error * error * h[j] * h[j];
        }
        return new PairAlignment(
                GroupSeparation.mean(along),
                Math.sqrt(GroupSeparation.variance(along) / n),
                cosine(mean, h),
                Math.sqrt(squares),
                GroupSeparation.mean(consistent));
    }

    /** Returns the published standard error, which counts every pair twice. */
    public double legacyStandardError() {
        return standardError / Math.sqrt(2);
    }

    private static double cosine(double[] delta, double[] direction) {
        return dot(delta, direction) / ((EPSILON + norm(delta)) * norm(direction));
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }

    private static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }
}
