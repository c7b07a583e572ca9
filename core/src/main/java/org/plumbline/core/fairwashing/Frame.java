package org.plumbline.core.fairwashing;

import org.ejml.data.DMatrixRMaj;
import org.plumbline.core.tensor.FloatTensor;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Some vectors of one length, as rows. Immutable; holds its array.
 *
 * @param rows {@code [k][D]}
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Frame(double[][] rows) {
    private static final double LOST = 1e-6; // what is left of a float32 row is rounding

    /** Returns orthonormal random rows. */
    static Frame drawn(int count, int size, SplittableRandom random) {
        double[][] rows = new double[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = direction(size, random);
        }
        return new Frame(rows).orthonormal(random);
    }

    /** Returns the rows of one sample of {@code [n, k, D]}. */
    static Frame of(FloatTensor values, int sample) {
        int count = values.extent(1);
        int size = values.extent(2);
        double[][] rows = new double[count][size];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < size; j++) {
                rows[i][j] = values.values()[(sample * count + i) * size + j];
            }
        }
        return new Frame(rows);
    }

    /** Returns {@code [n, k, D]} of frames of one shape. */
    static FloatTensor stack(List<Frame> frames) {
        int count = frames.get(0).rows.length;
        int size = frames.get(0).rows[0].length;
        float[] values = new float[frames.size() * count * size];
        int at = 0;
        for (Frame frame : frames) {
            for (double[] row : frame.rows) {
                for (double value : row) {
                    values[at++] = (float) value;
                }
            }
        }
        return FloatTensor.of(values, frames.size(), count, size);
    }

    /** Returns the symmetric part of all products of rows, {@code [k, k]}. */
    DMatrixRMaj products(Frame other) {
        int k = rows.length;
        DMatrixRMaj products = new DMatrixRMaj(k, k);
        for (int i = 0; i < k; i++) {
            for (int j = 0; j <= i; j++) {
                double both = (dot(rows[i], other.rows[j]) + dot(rows[j], other.rows[i])) / 2;
                products.set(i, j, both);
                products.set(j, i, both);
            }
        }
        return products;
    }

    /**
     * Returns orthonormal rows of the same span; a row that depends on those before it gives way to
     * a random one.
     */
    Frame orthonormal(SplittableRandom random) {
        double[][] out = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            double[] row = rows[i].clone();
            while (!reduce(row, out, i)) {
                row = direction(row.length, random);
            }
            out[i] = row;
        }
        return new Frame(out);
    }

    /** Takes off what lies along earlier rows, twice for the last bits, and normalises. */
    private static boolean reduce(double[] row, double[][] earlier, int count) {
        double before = Math.sqrt(dot(row, row));
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < count; i++) {
                double shared = dot(row, earlier[i]);
                for (int j = 0; j < row.length; j++) {
                    row[j] -= shared * earlier[i][j];
                }
            }
        }
        double left = Math.sqrt(dot(row, row));
        for (int j = 0; j < row.length; j++) {
            row[j] /= left;
        }
        return left > LOST * before;
    }

    /**
     * Returns combinations of the rows as columns, {@code [D, d]}, orthonormal; zeros where a
     * singular value is 0.
     */
    FloatTensor turned(Eigen eigen, double[] singular) {
        int size = rows[0].length;
        double[][] columns = new double[singular.length][size];
        for (int c = 0; c < singular.length && singular[c] > 0; c++) {
            for (int i = 0; i < rows.length; i++) {
                for (int j = 0; j < size; j++) {
                    columns[c][j] += eigen.vectors()[c][i] * rows[i][j];
                }
            }
            reduce(columns[c], columns, c);
        }
        float[] values = new float[size * singular.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) columns[i % singular.length][i / singular.length];
        }
        return FloatTensor.of(values, size, singular.length);
    }

    private static double[] direction(int size, SplittableRandom random) {
        double[] row = new double[size];
        for (int j = 0; j < size; j++) {
            row[j] = random.nextDouble() - 0.5;
        }
        return row;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }
}
