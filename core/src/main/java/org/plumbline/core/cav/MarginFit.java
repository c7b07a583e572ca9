package org.plumbline.core.cav;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;

import org.jspecify.annotations.Nullable;

/**
 * Support vector machine and logistic regression. The result is LIBLINEAR's, by its Newton method
 * in the primal, which reaches the optimum where coordinate descent in the dual stops early for a
 * large {@code C}. The grid search, which would call it fifty times, runs {@link MarginNewton}:
 * dense rows, each value from the solution of the one before, a preconditioner for all folds and,
 * where that is not enough, one of the fold. Takes about 28 bytes per activation and 40 per pair of
 * channels. Confined to one thread.
 */
final class MarginFit implements Regularised {
    // of the norm of the gradient at zero
    private static final double PATH_TOLERANCE = 1e-8;
    private static final double TOLERANCE = 1e-12;
    private static final int ITERATIONS = 1000;

    static {
        Linear.disableDebugOutput(); // it would go to the standard output
    }

    private final CavKind kind;
    private final Design design;
    private final int[] fold;
    private @Nullable SharedPreconditioner shared;

    MarginFit(CavKind kind, Design design, int[] fold) {
        this.kind = kind;
        this.design = design;
        this.fold = fold.clone();
    }

    @Override
    public double[][] without(int left, double... values) {
        MarginLoss loss = kind == CavKind.SVM ? MarginLoss.SQUARED_HINGE : MarginLoss.LOGISTIC;
        if (shared == null) {
            shared = new SharedPreconditioner(design);
        }
        MarginNewton newton = new MarginNewton(design, loss, Folds.rows(fold, left, false));
        double[][] path = new double[values.length][];
        for (int v = 0; v < values.length; v++) {
            path[v] = newton.solve(values[v], shared, PATH_TOLERANCE);
        }
        return path;
    }

    @Override
    public double[] all(double value) {
        Problem problem = problem();
        double[] near = solve(problem, value, TOLERANCE, null);
        // LIBLINEAR stops where the objective changes by 1e-12 of itself: once more from there
        return design.channels(solve(problem, value, TOLERANCE, near));
    }

    @Override
    public Design design() {
        return design;
    }

    private Problem problem() {
        Problem problem = new Problem();
        problem.bias = -1; // none
        problem.n = design.columns();
        problem.l = design.data().rows();
        problem.x = new Feature[problem.l][problem.n];
        problem.y = new double[problem.l];
        for (int i = 0; i < problem.l; i++) {
            problem.y[i] = design.data().target(i);
            for (int j = 0; j < problem.n; j++) {
                problem.x[i][j] = new FeatureNode(j + 1, design.at(i, j));
            }
        }
        return problem;
    }

    private double[] solve(Problem problem, double c, double tolerance, double @Nullable [] start) {
        SolverType solver = kind == CavKind.SVM ? SolverType.L2R_L2LOSS_SVC : SolverType.L2R_LR;
        Parameter parameter = new Parameter(solver, c, ITERATIONS, tolerance * share(problem));
        parameter.setWeights(
                new double[] {design.data().weight(true), design.data().weight(false)},
                new int[] {1, -1});
        if (start != null) {
            parameter.setInitSol(start);
        }
        Model model = Linear.train(problem, parameter);
        return model.getFeatureWeights(); // of label 1, which LIBLINEAR puts first beside -1
    }

    /** Returns what LIBLINEAR divides the tolerance by: rows per row of the rarer group. */
    private static double share(Problem problem) {
        double positives = 0;
        for (double label : problem.y) {
            positives += label > 0 ? 1 : 0;
        }
        return problem.l / Math.max(1, Math.min(positives, problem.l - positives));
    }
}
