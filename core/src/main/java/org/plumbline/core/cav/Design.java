package org.plumbline.core.cav;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;

import java.util.Arrays;
import java.util.Optional;

/**
 * The rows a linear model is fitted to, in double precision. With more channels than rows a
 * rotation spares work: {@code X = Z Q} with orthonormal rows of {@code Q}, so a fit whose penalty
 * is the Euclidean length has the coefficients {@code Q^T z} of the fit to {@code Z [n, n]}.
 */
final class Design {
    private static final int BLOCK = 1000; // rows of a product: more leave the caches

    private final LabelledActivations data;
    private final DMatrixRMaj rows;
    private final Optional<DMatrixRMaj> rotation;

    private Design(LabelledActivations data, DMatrixRMaj rows, Optional<DMatrixRMaj> rotation) {
        this.data = data;
        this.rows = rows;
        this.rotation = rotation;
    }

    /** Returns the activations as they are. */
    static Design plain(LabelledActivations data) {
        DMatrixRMaj rows = new DMatrixRMaj(data.rows(), data.dimension());
        float[] values = data.values();
        for (int i = 0; i < values.length; i++) {
            rows.data[i] = values[i];
        }
        return new Design(data, rows, Optional.empty());
    }

    /** Returns the activations, rotated to {@code [n, n]} if there are more channels than rows. */
    static Design rotated(LabelledActivations data) {
        Design plain = plain(data);
        if (data.dimension() <= data.rows()) {
            return plain;
        }
        DMatrixRMaj transposed = CommonOps_DDRM.transpose(plain.rows, null);
        QRDecomposition<DMatrixRMaj> qr =
                DecompositionFactory_DDRM.qr(data.dimension(), data.rows());
        if (!qr.decompose(transposed)) {
            return plain;
        }
        DMatrixRMaj rows = CommonOps_DDRM.transpose(qr.getR(null, true), null);
        return new Design(data, rows, Optional.of(qr.getQ(null, true)));
    }

    LabelledActivations data() {
        return data;
    }

    int columns() {
        return rows.numCols;
    }

    double at(int row, int column) {
        return rows.data[row * rows.numCols + column];
    }

    /** Returns {@code X^T S X} over some rows, {@code S} the group weights. */
    DMatrixRMaj gram(int... wanted) {
        double[] ones = new double[wanted.length];
        Arrays.fill(ones, 1);
        return gram(wanted, ones);
    }

    /** Returns {@code X^T S F X} over some rows, with a factor of at least 0 for each. */
    DMatrixRMaj gram(int[] wanted, double[] factors) {
        int d = columns();
        DMatrixRMaj sum = new DMatrixRMaj(d, d);
        DMatrixRMaj block = new DMatrixRMaj(d, d);
        for (int from = 0; from < wanted.length; from += BLOCK) {
            int to = Math.min(wanted.length, from + BLOCK);
            CommonOps_DDRM.multInner(weighted(wanted, factors, from, to), block);
            CommonOps_DDRM.addEquals(sum, block);
        }
        return sum;
    }

    private DMatrixRMaj weighted(int[] wanted, double[] factors, int from, int to) {
        int d = columns();
        DMatrixRMaj weighted = new DMatrixRMaj(to - from, d);
        for (int i = from; i < to; i++) {
            double root = Math.sqrt(factors[i] * data.weight(data.positive(wanted[i])));
            for (int j = 0; j < d; j++) {
                weighted.data[(i - from) * d + j] = root * at(wanted[i], j);
            }
        }
        return weighted;
    }

    /** Returns the inner product of a row with coefficients of these coordinates. */
    double dot(int row, double[] coefficients) {
        double[] values = rows.data;
        int from = row * rows.numCols;
        int quarters = coefficients.length - coefficients.length % 4;
        double a = 0; // four sums do not wait for each other
        double b = 0;
        double c = 0;
        double d = 0;
        for (int j = 0; j < quarters; j += 4) {
            a += coefficients[j] * values[from + j];
            b += coefficients[j + 1] * values[from + j + 1];
            c += coefficients[j + 2] * values[from + j + 2];
            d += coefficients[j + 3] * values[from + j + 3];
        }
        for (int j = quarters; j < coefficients.length; j++) {
            a += coefficients[j] * values[from + j];
        }
        return a + b + c + d;
    }

    /** Adds {@code factor} times a row. */
    void addRow(int row, double factor, double[] sum) {
        int from = row * rows.numCols;
        for (int j = 0; j < sum.length; j++) {
            sum[j] += factor * rows.data[from + j];
        }
    }

    /** Returns the inner products of some rows with coefficients of these coordinates. */
    double[] times(double[] coefficients, int... wanted) {
        double[] out = new double[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            out[i] = dot(wanted[i], coefficients);
        }
        return out;
    }

    /** Returns coefficients of these coordinates as coefficients of channels. */
    double[] channels(double[] coefficients) {
        if (rotation.isEmpty()) {
            return coefficients;
        }
        DMatrixRMaj out = new DMatrixRMaj(rotation.get().numRows, 1);
        CommonOps_DDRM.mult(rotation.get(), DMatrixRMaj.wrap(columns(), 1, coefficients), out);
        return out.data;
    }
}
