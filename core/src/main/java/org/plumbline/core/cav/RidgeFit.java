package org.plumbline.core.cav;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

import java.util.Arrays;

/**
 * Ridge regression by its normal equations, {@code (X^T S X + alpha I) h = X^T S t}, with EJML's
 * Cholesky decomposition. The Gram matrix of each fold is made once and shared by every fit.
 * Confined to one thread.
 */
final class RidgeFit implements Regularised {
    private final Design design;
    private final DMatrixRMaj[] gram;
    private final double[][] moment;

    RidgeFit(Design design, int[] fold, int folds) {
        this.design = design;
        gram = new DMatrixRMaj[folds];
        moment = new double[folds][design.columns()];
        for (int f = 0; f < folds; f++) {
            int[] rows = Folds.rows(fold, f, true);
            gram[f] = design.gram(rows);
            for (int row : rows) {
                boolean positive = design.data().positive(row);
                double weight = design.data().weight(positive);
                design.addRow(row, weight * design.data().target(row), moment[f]);
            }
        }
    }

    @Override
    public double[][] without(int fold, double... values) {
        DMatrixRMaj sum = new DMatrixRMaj(design.columns(), design.columns());
        double[] right = new double[design.columns()];
        for (int f = 0; f < gram.length; f++) {
            if (f != fold) {
                CommonOps_DDRM.addEquals(sum, gram[f]);
                for (int j = 0; j < right.length; j++) {
                    right[j] += moment[f][j];
                }
            }
        }
        return Arrays.stream(values)
                .mapToObj(value -> solve(sum, right, value))
                .toArray(double[][]::new);
    }

    @Override
    public double[] all(double value) {
        return design.channels(without(-1, value)[0]);
    }

    @Override
    public Design design() {
        return design;
    }

    private static double[] solve(DMatrixRMaj gram, double[] right, double alpha) {
        int d = right.length;
        DMatrixRMaj out = new DMatrixRMaj(d, 1);
        LinearSolverDense<DMatrixRMaj> cholesky = LinearSolverFactory_DDRM.chol(d);
        if (!cholesky.setA(shifted(gram, alpha))) { // alpha drowns beside the largest eigenvalue
            cholesky = LinearSolverFactory_DDRM.pseudoInverse(true);
            cholesky.setA(shifted(gram, alpha));
        }
        cholesky.solve(DMatrixRMaj.wrap(d, 1, right), out);
        return out.data;
    }

    /** Returns {@code gram + alpha I}, a copy, since solvers write into it. */
    private static DMatrixRMaj shifted(DMatrixRMaj gram, double alpha) {
        DMatrixRMaj shifted = gram.copy();
        for (int j = 0; j < gram.numCols; j++) {
            shifted.data[j * gram.numCols + j] += alpha;
        }
        return shifted;
    }
}
