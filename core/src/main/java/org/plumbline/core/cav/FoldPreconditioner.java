package org.plumbline.core.cav;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Cholesky decomposition of the Hessian {@code I + C X^T S K X} of one fold where {@link #refresh}
 * saw it, {@code K} the curvatures of the rows. While few rows change their curvature it brings
 * conjugate gradients to the end in few steps, also for another {@code C}. Confined to one thread.
 */
final class FoldPreconditioner {
    private final Design design;
    private final int[] rows;
    private final double[] seen;
    private final DMatrixRMaj gram;
    private @Nullable LinearSolverDense<DMatrixRMaj> cholesky;

    FoldPreconditioner(Design design, int[] rows) {
        this.design = design;
        this.rows = rows;
        seen = new double[rows.length];
        gram = new DMatrixRMaj(design.columns(), design.columns());
    }

    /** Returns conjugate gradient steps that take about as long as {@link #refresh}. */
    int worth() {
        return Math.max(16, design.columns() / 32);
    }

    /** Returns whether there is a decomposition. */
    boolean ready() {
        return cholesky != null;
    }

    /** Decomposes the Hessian at these curvatures, one for each row. */
    void refresh(double[] curvatures, double c) {
        int[] changed =
                IntStream.range(0, rows.length).filter(i -> curvatures[i] != seen[i]).toArray();
        int curved = (int) Arrays.stream(curvatures).filter(k -> k > 0).count();
        if (changed.length > curved) { // starting anew is less work
            gram.zero();
            Arrays.fill(seen, 0);
            changed = IntStream.range(0, rows.length).filter(i -> curvatures[i] > 0).toArray();
        }
        add(changed, curvatures);
        DMatrixRMaj matrix = gram.copy();
        CommonOps_DDRM.scale(c, matrix);
        for (int j = 0; j < matrix.numCols; j++) {
            matrix.data[j * matrix.numCols + j] += 1;
        }
        cholesky = LinearSolverFactory_DDRM.chol(matrix.numCols);
        if (!cholesky.setA(matrix)) { // differences of large curvatures may leave rounding
            cholesky = null;
        }
    }

    /** Adds rows by how much they curve more than before, then subtracts those that curve less. */
    private void add(int[] changed, double[] curvatures) {
        for (int sign : new int[] {1, -1}) {
            int[] some =
                    Arrays.stream(changed)
                            .filter(i -> sign * (curvatures[i] - seen[i]) > 0)
                            .toArray();
            double[] factors =
                    Arrays.stream(some)
                            .mapToDouble(i -> sign * (curvatures[i] - seen[i]))
                            .toArray();
            int[] picked = Arrays.stream(some).map(i -> rows[i]).toArray();
            CommonOps_DDRM.addEquals(gram, sign, design.gram(picked, factors));
        }
        for (int i : changed) {
            seen[i] = curvatures[i];
        }
    }

    /** Returns the solution for a right-hand side; asks for {@link #ready}. */
    double[] apply(double[] right) {
        if (cholesky == null) {
            throw new IllegalStateException("preconditioner: none (expected: refreshed)");
        }
        DMatrixRMaj out = new DMatrixRMaj(right.length, 1);
        cholesky.solve(DMatrixRMaj.wrap(right.length, 1, right), out);
        return out.data;
    }
}
