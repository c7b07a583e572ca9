package org.plumbline.core.cav;

import java.util.ArrayList;
import java.util.List;

/**
 * Chooses the regularisation by five unshuffled folds: stratified ones scored by accuracy for
 * classifiers, contiguous blocks scored by {@code R^2} for regressions, both unweighted. The
 * smallest of equally good values wins; the fit is repeated on every row.
 *
 * <p>Blocks depend on the order of the rows: rows sorted by label score every value badly, {@link
 * LabelledActivations#ofGroups} mixes them.
 *
 * <p>Source: frederikpahde/rrclarc, {@code utils/cav.py}, with scikit-learn's {@code GridSearchCV}.
 */
public final class GridSearch {
    /** Values tried for {@code C} and {@code alpha}, ascending. */
    public static final List<Double> VALUES =
            List.of(1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4);

    static final int FOLDS = 5;

    private GridSearch() {}

    /** Returns the fold, 0 to 4, in which each row is tested. */
    public static int[] folds(CavKind kind, LabelledActivations data) {
        return classifies(kind)
                ? Folds.stratified(data, FOLDS)
                : Folds.contiguous(data.rows(), FOLDS);
    }

    private static boolean classifies(CavKind kind) {
        return kind == CavKind.SVM || kind == CavKind.LOGISTIC;
    }

    static CavFit run(CavKind kind, LabelledActivations data) {
        data.requireEach(FOLDS, kind);
        boolean classifies = kind == CavKind.SVM || kind == CavKind.LOGISTIC;
        int[] fold =
                classifies ? Folds.stratified(data, FOLDS) : Folds.contiguous(data.rows(), FOLDS);
        Regularised problem = kind.problem(data, fold, FOLDS);
        double[] values = VALUES.stream().mapToDouble(v -> v).toArray();
        double[] sums = new double[values.length];
        for (int f = 0; f < FOLDS; f++) {
            double[][] fitted = problem.without(f, values);
            int[] test = Folds.rows(fold, f, true);
            for (int v = 0; v < values.length; v++) {
                double[] scores = problem.design().times(fitted[v], test);
                sums[v] += classifies ? accuracy(scores, test, data) : r2(scores, test, data);
            }
        }
        return refit(kind, problem, sums);
    }

    private static CavFit refit(CavKind kind, Regularised problem, double[] sums) {
        List<Double> means = new ArrayList<>();
        int best = 0;
        for (int v = 0; v < sums.length; v++) {
            means.add(sums[v] / FOLDS);
            best = means.get(v) > means.get(best) ? v : best;
        }
        double value = VALUES.get(best);
        String name = kind.hyperParameter().orElseThrow();
        return CavFit.of(kind, problem.all(value), new HyperParameter(name, value, means));
    }

    private static double accuracy(double[] scores, int[] rows, LabelledActivations data) {
        int right = 0;
        for (int i = 0; i < rows.length; i++) {
            right += scores[i] > 0 == data.positive(rows[i]) ? 1 : 0;
        }
        return (double) right / rows.length;
    }

    /** Returns {@code R^2}; for targets that are all equal 1 if they are met, else 0. */
    private static double r2(double[] scores, int[] rows, LabelledActivations data) {
        double mean = 0;
        for (int row : rows) {
            mean += (double) data.target(row) / rows.length;
        }
        double residual = 0;
        double total = 0;
        for (int i = 0; i < rows.length; i++) {
            double target = data.target(rows[i]);
            residual += (target - scores[i]) * (target - scores[i]);
            total += (target - mean) * (target - mean);
        }
        if (total == 0) {
            return residual == 0 ? 1 : 0;
        }
        return 1 - residual / total;
    }
}
