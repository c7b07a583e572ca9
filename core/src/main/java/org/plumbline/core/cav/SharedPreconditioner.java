package org.plumbline.core.cav;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Cholesky decompositions of {@code I + C k X^T S X} over every row, one for each {@code C}, with
 * {@code k} the mean curvature of the loss where it was first needed. The Hessians of all folds are
 * close to it. Confined to one thread.
 */
final class SharedPreconditioner {
    private final DMatrixRMaj gram;
    private final Map<Double, LinearSolverDense<DMatrixRMaj>> solvers = new HashMap<>();

    SharedPreconditioner(Design design) {
        gram = design.gram(IntStream.range(0, design.data().rows()).toArray());
    }

    double[] apply(double c, double curvature, double[] right) {
        DMatrixRMaj out = new DMatrixRMaj(right.length, 1);
        solvers.computeIfAbsent(c, key -> solver(key * curvature))
                .solve(DMatrixRMaj.wrap(right.length, 1, right), out);
        return out.data;
    }

    private LinearSolverDense<DMatrixRMaj> solver(double scale) {
        DMatrixRMaj matrix = gram.copy();
        for (int i = 0; i < matrix.data.length; i++) {
            matrix.data[i] *= scale;
        }
        for (int j = 0; j < matrix.numCols; j++) {
            matrix.data[j * matrix.numCols + j] += 1;
        }
        LinearSolverDense<DMatrixRMaj> cholesky = LinearSolverFactory_DDRM.chol(matrix.numCols);
        cholesky.setA(matrix); // positive definite: the identity is part of it
        return cholesky;
    }
}
