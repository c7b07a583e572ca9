package org.plumbline.core.fairwashing;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Eigenvalues of a symmetric matrix, largest first, and eigenvectors in their order. Not to be
 * kept.
 *
 * @param vectors {@code [k][k]}
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one call; compared by nobody
record Eigen(double[] values, double[][] vectors) {
    /**
     * Decomposes a matrix; empty: it has values that are not finite.
     *
     * @param symmetric {@code [k, k]}, may be overwritten
     */
    static Optional<Eigen> of(DMatrixRMaj symmetric) {
        int k = symmetric.numRows;
        EigenDecomposition_F64<DMatrixRMaj> found = DecompositionFactory_DDRM.eig(k, true, true);
        if (!found.decompose(symmetric)) {
            return Optional.empty();
        }
        int[] order =
                IntStream.range(0, k)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> -found.getEigenvalue(i).getReal()))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double[] values = new double[k];
        double[][] vectors = new double[k][];
        for (int j = 0; j < k; j++) {
            values[j] = found.getEigenvalue(order[j]).getReal();
            vectors[j] = found.getEigenVector(order[j]).data.clone();
        }
        return Optional.of(new Eigen(values, vectors));
    }

    /** Returns the singular value that an eigenvalue of {@code X Xᵀ} is the square of. */
    double singular(int at) {
        return Math.sqrt(Math.max(0, values[at]));
    }
}
