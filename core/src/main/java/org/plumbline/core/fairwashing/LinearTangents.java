package org.plumbline.core.fairwashing;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Tangent spaces from nearest neighbours: the leading right singular vectors of their differences.
 * The {@code k} rows are far shorter in number than in size, so they come from the eigenvectors of
 * the {@code [k, k]} Gram matrix, {@code V = Xᵀ U / S}. Thread-safe.
 *
 * <p>Source: Anders et al., ICML 2020, section 4.1; {@code fairwashing/fairwashing} (4ce9fa4),
 * {@code projectors/linear.py}.
 */
public final class LinearTangents {
    private final ReferencePoints reference;
    private final TangentSettings settings;

    /** Makes tangent spaces around reference points, which are borrowed. */
    public LinearTangents(ReferencePoints reference, TangentSettings settings) {
        this.reference = reference;
        this.settings = settings;
    }

    /** Returns the settings. */
    public TangentSettings settings() {
        return settings;
    }

    /**
     * Returns the space at one point.
     *
     * @param points {@code [n, ...]}, values as the reference points have
     * @param klass class of the point, where the reference points have classes
     * @throws AuditException {@code BAD_DATA} if the sizes differ or the class has too few points
     */
    public TangentSpace at(FloatTensor points, int row, Optional<Long> klass) {
        return around(points, row, nearest(points, row, klass));
    }

    /**
     * Returns the space at one point whose neighbours are known: {@link #nearest(FloatTensor, int,
     * Optional)} found them, which takes longer than all that follows.
     *
     * @param near rows of the reference points, nearest first
     */
    public TangentSpace around(FloatTensor points, int row, Neighbourhood near) {
        return space(differences(points.values(), row * reference.size(), near.rows()));
    }

    /** Returns the reference points that span the space at one point. */
    public Neighbourhood nearest(FloatTensor points, int row, Optional<Long> klass) {
        return nearest(points, row, settings.referencePoints(), klass);
    }

    /** Returns the reference points nearest to one point. */
    public Neighbourhood nearest(FloatTensor points, int row, int count, Optional<Long> klass) {
        if (points.rowSize() != reference.size()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "inputs",
                    points,
                    reference.size() + " values a row, as the reference points");
        }
        return reference.nearest(points.values(), row * reference.size(), count, klass);
    }

    /**
     * Returns the bases at points without classes.
     *
     * @param points {@code [n, ...]}
     */
    public TangentBases bases(FloatTensor points) {
        return bases(points, Optional.empty());
    }

    /**
     * Returns the bases at points of known class.
     *
     * @param classes one for each point
     */
    public TangentBases bases(FloatTensor points, long[] classes) {
        return bases(points, Optional.of(classes));
    }

    private TangentBases bases(FloatTensor points, Optional<long[]> classes) {
        return new TangentBases(
                FloatTensor.stack(
                        spaces(points, 0, points.rows(), classes).stream()
                                .map(TangentSpace::basis)
                                .toList()));
    }

    /**
     * Returns the spaces at some rows, found in parallel.
     *
     * @param from first row, inclusive
     * @param to last row, exclusive
     * @param classes one for each point, where the reference points have classes
     */
    public List<TangentSpace> spaces(
            FloatTensor points, int from, int to, Optional<long[]> classes) {
        return IntStream.range(from, to)
                .parallel()
                .mapToObj(row -> at(points, row, classes.map(c -> c[row])))
                .toList();
    }

    private DMatrixRMaj differences(float[] values, int from, int[] near) {
        int size = reference.size();
        DMatrixRMaj rows = new DMatrixRMaj(settings.neighbours(), size);
        int offset = settings.neighbours() - near.length;
        for (int i = 0; i < near.length; i++) {
            reference.copy(near[i], rows.data, (offset + i) * size);
        }
        double[] origin = new double[size];
        for (int j = 0; j < size; j++) {
            double own = values[from + j];
            if (offset == 1) {
                rows.data[j] = own;
            }
            origin[j] = settings.mode() == TangentMode.STRICT ? own : columnMean(rows, j);
        }
        for (int i = 0; i < rows.data.length; i++) {
            rows.data[i] -= origin[i % size];
        }
        return rows;
    }

    private static double columnMean(DMatrixRMaj rows, int column) {
        double sum = 0;
        for (int i = 0; i < rows.numRows; i++) {
            sum += rows.get(i, column);
        }
        return sum / rows.numRows;
    }

    private TangentSpace space(DMatrixRMaj rows) {
        int k = rows.numRows;
        DMatrixRMaj gram = new DMatrixRMaj(k, k);
        CommonOps_DDRM.multOuter(rows, gram);
        Eigen eigen =
                Eigen.of(gram)
                        .orElseThrow(
                                () ->
                                        AuditException.of(
                                                ErrorCode.BAD_DATA,
                                                "inputs",
                                                "no singular values",
                                                "neighbours of any spread"));
        double largest = eigen.singular(0);
        int dimension = settings.dimension();
        double[][] columns = new double[dimension][];
        double[] singular = new double[dimension];
        for (int j = 0; j < dimension; j++) {
            singular[j] = eigen.singular(j);
            columns[j] = new double[rows.numCols];
            if (!TangentSpace.isNegligible(singular[j], largest)) {
                columns[j] = direction(rows, eigen.vectors()[j], columns, j);
            }
        }
        return new TangentSpace(basis(columns, rows.numCols), DenseVector.copyOf(singular));
    }

    /** Returns {@code Xᵀ u} at length 1, orthogonal to the columns before it to the last bit. */
    private static double[] direction(
            DMatrixRMaj rows, double[] u, double[][] columns, int before) {
        double[] v = new double[rows.numCols];
        for (int i = 0; i < rows.numRows; i++) {
            double weight = u[i];
            for (int j = 0; j < v.length; j++) {
                v[j] += weight * rows.data[i * v.length + j];
            }
        }
        normalise(v);
        for (int c = 0; c < before; c++) {
            double shared = dot(v, columns[c]);
            for (int j = 0; j < v.length; j++) {
                v[j] -= shared * columns[c][j];
            }
        }
        normalise(v);
        return v;
    }

    private static void normalise(double[] v) {
        double length = Math.sqrt(dot(v, v));
        for (int j = 0; j < v.length; j++) {
            v[j] /= length;
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }

    private static FloatTensor basis(double[][] columns, int size) {
        float[] values = new float[size * columns.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) columns[i % columns.length][i / columns.length];
        }
        return FloatTensor.of(values, size, columns.length);
    }
}
