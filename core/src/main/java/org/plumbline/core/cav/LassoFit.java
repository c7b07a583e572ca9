package org.plumbline.core.cav;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Least absolute shrinkage to the optimum, where the published solver stops after 1,000 sweeps. The
 * problem is {@code w^T G w / 2 - b^T w + alpha |w|_1} with {@code G = X^T S X / n} and {@code b =
 * X^T S t / n}; columns of {@code G} are made when their channel first becomes active.
 *
 * <p>Sweeps of coordinate descent find the active channels and their signs; a step towards the
 * minimum on that face, which is a linear system, spares their slow end. Both only descend. Written
 * here because no maintained Java library under a permissive licence has a weighted lasso without
 * intercept. Confined to one thread.
 *
 * <p>Source: Friedman et al., "Regularization Paths for Generalized Linear Models via Coordinate
 * Descent", 2010; Lee et al., "Efficient sparse coding algorithms", NeurIPS 2006, for the step.
 */
final class LassoFit implements Regularised {
    private static final double TOLERANCE = 1e-9; // of the largest |b|: violation of optimality
    private static final int SWEEPS = 20;
    private static final int ROUNDS = 200;
    private static final int LARGEST_FACE = 4096;
    private static final double RIDGE =
            1e-10; // of the mean diagonal: keeps a face's system regular

    private final Design design;
    private final int[] fold;

    LassoFit(Design design, int[] fold) {
        this.design = design;
        this.fold = fold.clone();
    }

    @Override
    public double[][] without(int left, double... values) {
        Path path = new Path(design, Folds.rows(fold, left, false));
        double[][] fitted = new double[values.length][];
        for (int v = values.length - 1; v >= 0; v--) { // from the sparsest on
            path.descend(values[v]);
            fitted[v] = path.w.clone();
        }
        return fitted;
    }

    @Override
    public double[] all(double value) {
        double[] path = GridSearch.VALUES.stream().mapToDouble(v -> v).toArray();
        double[] above = Arrays.stream(path).filter(v -> v > value).toArray();
        double[] values = new double[above.length + 1];
        values[0] = value;
        System.arraycopy(above, 0, values, 1, above.length);
        return without(-1, values)[0];
    }

    @Override
    public Design design() {
        return design;
    }

    /** Solutions for falling {@code alpha}, each starting from the one before. */
    private static final class Path {
        private final Design design;
        private final int[] rows;
        private final double[] weights;
        private final double[] moment;
        private final double[] diagonal;
        private final double[][] columns;
        private final double[] gradient; // G w - b
        private final double tolerance;
        private final double[] w;

        Path(Design design, int[] rows) {
            int d = design.columns();
            this.design = design;
            this.rows = rows;
            weights = weights(design.data(), rows);
            moment = new double[d];
            diagonal = new double[d];
            columns = new double[d][];
            w = new double[d];
            for (int i = 0; i < rows.length; i++) {
                design.addRow(rows[i], weights[i] * design.data().target(rows[i]), moment);
                for (int j = 0; j < d; j++) {
                    diagonal[j] += weights[i] * design.at(rows[i], j) * design.at(rows[i], j);
                }
            }
            gradient = new double[d];
            double largest = 0;
            for (int j = 0; j < d; j++) {
                gradient[j] = -moment[j];
                largest = Math.max(largest, Math.abs(moment[j]));
            }
            tolerance = TOLERANCE * largest;
        }

        /** Returns group weights rescaled to sum 1, the {@code 1 / n} included. */
        private static double[] weights(LabelledActivations data, int[] rows) {
            double[] weights =
                    IntStream.of(rows)
                            .mapToDouble(row -> data.weight(data.positive(row)))
                            .toArray();
            double sum = 0;
            for (double weight : weights) {
                sum += weight;
            }
            for (int i = 0; i < weights.length; i++) {
                weights[i] /= sum;
            }
            return weights;
        }

        void descend(double alpha) {
            for (int round = 0; round < ROUNDS && violation(alpha) > tolerance; round++) {
                for (int sweep = 0; sweep < SWEEPS; sweep++) {
                    sweep(alpha);
                }
                for (int step = 0; step < SWEEPS && faceStep(alpha); step++) {
                    // each step that stops at a zero leaves a smaller face
                }
            }
        }

        /** Returns by how much the condition of optimality is broken at worst. */
        private double violation(double alpha) {
            double worst = 0;
            for (int j = 0; j < w.length; j++) {
                double broken =
                        w[j] == 0
                                ? Math.abs(gradient[j]) - alpha
                                : Math.abs(gradient[j] + Math.copySign(alpha, w[j]));
                worst = Math.max(worst, broken);
            }
            return worst;
        }

        private void sweep(double alpha) {
            for (int j = 0; j < w.length; j++) {
                if (diagonal[j] == 0) {
                    continue;
                }
                double free = diagonal[j] * w[j] - gradient[j];
                double shrunk = Math.max(0, Math.abs(free) - alpha) / diagonal[j];
                move(j, Math.copySign(shrunk, free) - w[j]);
            }
        }

        private void move(int j, double by) {
            if (by == 0) {
                return;
            }
            double[] column = column(j);
            w[j] += by;
            for (int k = 0; k < gradient.length; k++) {
                gradient[k] += by * column[k];
            }
        }

        private double[] column(int j) {
            if (columns[j] == null) {
                columns[j] = new double[w.length];
                for (int i = 0; i < rows.length; i++) {
                    double factor = weights[i] * design.at(rows[i], j);
                    if (factor != 0) {
                        design.addRow(rows[i], factor, columns[j]);
                    }
                }
            }
            return columns[j];
        }

        /**
         * Moves towards the minimum among coefficients of the present signs, up to the first that
         * reaches zero; returns whether one did. With a small ridge added the step solves a regular
         * system and still descends all the way, as the model it minimises lies above the problem.
         */
        private boolean faceStep(double alpha) {
            int[] face = IntStream.range(0, w.length).filter(j -> w[j] != 0).toArray();
            if (face.length == 0 || face.length > LARGEST_FACE) {
                return false;
            }
            double[] by = towardsMinimum(face, alpha);
            double slope = 0;
            double share = 1;
            int stopped = -1;
            for (int i = 0; i < face.length; i++) {
                int j = face[i];
                slope += by[i] * (gradient[j] + Math.copySign(alpha, w[j]));
                double until = by[i] * w[j] < 0 ? -w[j] / by[i] : Double.POSITIVE_INFINITY;
                if (until < share) {
                    share = until;
                    stopped = j;
                }
            }
            if (!(slope < 0)) { // at the minimum but for rounding
                return false;
            }
            for (int i = 0; i < face.length; i++) {
                move(face[i], share * by[i]);
            }
            if (stopped >= 0) {
                w[stopped] = 0;
            }
            return stopped >= 0;
        }

        private double[] towardsMinimum(int[] face, double alpha) {
            int size = face.length;
            DMatrixRMaj gram = new DMatrixRMaj(size, size);
            DMatrixRMaj right = new DMatrixRMaj(size, 1);
            DMatrixRMaj by = new DMatrixRMaj(size, 1);
            double ridge = 0;
            for (int j : face) {
                ridge += RIDGE * diagonal[j] / size;
            }
            for (int i = 0; i < size; i++) {
                double[] column = column(face[i]);
                for (int k = 0; k < size; k++) {
                    gram.data[i * size + k] = column[face[k]];
                }
                gram.data[i * size + i] += ridge;
                right.data[i] = -(gradient[face[i]] + Math.copySign(alpha, w[face[i]]));
            }
            LinearSolverDense<DMatrixRMaj> cholesky = LinearSolverFactory_DDRM.chol(size);
            if (cholesky.setA(gram)) {
                cholesky.solve(right, by);
            }
            return by.data;
        }
    }
}
