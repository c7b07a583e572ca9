package org.plumbline.core.cav;

import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Newton's method for {@code |h|^2 / 2 + C sum s loss(t a.h)} on some rows, its steps by conjugate
 * gradients. Starts where the smaller {@code C} ended. Confined to one thread.
 *
 * <p>Source: Galli and Lin, "A Study on Truncated Newton Methods for Linear Classification", 2021,
 * LIBLINEAR's method; here with a preconditioner that the folds of a grid search share, and one of
 * the fold's own where conjugate gradients take long: for a large {@code C}, where few rows curve.
 */
final class MarginNewton {
    private static final int STEPS = 200;
    private static final int INNER_STEPS = 2000;
    private static final int HALVINGS = 40;
    private static final double DESCENT = 1e-4; // share of the predicted descent a step must reach
    private static final double ROUNDING = 1e-12; // of a sum over all rows
    private static final double LEAST_FORCING = 0.1;

    private final Design design;
    private final MarginLoss loss;
    private final int[] rows;
    private final double[] margins;
    private final double[] w;
    private final double[] gradient;
    private final FoldPreconditioner own;

    MarginNewton(Design design, MarginLoss loss, int[] rows) {
        this.design = design;
        this.loss = loss;
        this.rows = rows;
        margins = new double[rows.length];
        w = new double[design.columns()];
        gradient = new double[design.columns()];
        own = new FoldPreconditioner(design, rows);
    }

    /** Returns the minimum for a larger {@code C} than before. */
    double[] solve(double c, SharedPreconditioner shared, double tolerance) {
        double first = gradientNormAtZero(c);
        double norm = gradient(c);
        for (int step = 0; step < STEPS && norm > tolerance * first; step++) {
            double forcing = Math.min(LEAST_FORCING, Math.sqrt(norm / first));
            if (!moveAlong(direction(c, shared, forcing * norm), c)) {
                break; // rounding hides any further descent
            }
            norm = gradient(c);
        }
        return w.clone();
    }

    private double gradientNormAtZero(double c) {
        double[] sum = new double[w.length];
        for (int row : rows) {
            design.addRow(row, c * weight(row) * loss.slope(0) * target(row), sum);
        }
        return Math.sqrt(dot(sum, sum));
    }

    private double gradient(double c) {
        System.arraycopy(w, 0, gradient, 0, w.length);
        for (int i = 0; i < rows.length; i++) {
            double slope = loss.slope(margins[i]);
            if (slope != 0) {
                design.addRow(rows[i], c * weight(rows[i]) * slope * target(rows[i]), gradient);
            }
        }
        return Math.sqrt(dot(gradient, gradient));
    }

    /**
     * Returns an approximate solution of {@code H p = -gradient} by conjugate gradients. Once they
     * take longer than decomposing the Hessian would, it is decomposed and they start again from
     * where they are.
     */
    private double[] direction(double c, SharedPreconditioner shared, double enough) {
        double[] curvatures = new double[rows.length];
        Arrays.setAll(curvatures, i -> loss.curvature(margins[i]));
        double[] p = new double[w.length];
        double[] residual = negated(gradient);
        UnaryOperator<double[]> preconditioner = preconditioner(c, shared, curvatures);
        if (!conjugate(p, residual, curvatures, c, preconditioner, enough, own.worth())) {
            own.refresh(curvatures, c);
            preconditioner = own.ready() ? own::apply : UnaryOperator.identity();
            conjugate(p, residual, curvatures, c, preconditioner, enough, INNER_STEPS);
        }
        return p;
    }

    private UnaryOperator<double[]> preconditioner(
            double c, SharedPreconditioner shared, double[] curvatures) {
        if (own.ready()) {
            return own::apply;
        }
        double mean = Arrays.stream(curvatures).sum() / rows.length;
        long curved = Arrays.stream(curvatures).filter(k -> k > 0).count();
        // with fewer curved rows than columns most eigenvalues are 1 already
        return curved >= w.length ? r -> shared.apply(c, mean, r) : UnaryOperator.identity();
    }

    /** Takes conjugate gradient steps; returns whether the residual became small enough. */
    private boolean conjugate(
            double[] p,
            double[] residual,
            double[] curvatures,
            double c,
            UnaryOperator<double[]> preconditioner,
            double enough,
            int steps) {
        double[] z = preconditioner.apply(residual);
        double[] d = z.clone();
        double size = dot(residual, z);
        for (int k = 0; Math.sqrt(dot(residual, residual)) > enough; k++) {
            if (k == steps) {
                return false;
            }
            double[] curvedBy = hessian(d, curvatures, c);
            double length = size / dot(d, curvedBy);
            for (int j = 0; j < p.length; j++) {
                p[j] += length * d[j];
                residual[j] -= length * curvedBy[j];
            }
            z = preconditioner.apply(residual);
            double next = dot(residual, z);
            for (int j = 0; j < d.length; j++) {
                d[j] = z[j] + next / size * d[j];
            }
            size = next;
        }
        return true;
    }

    private double[] hessian(double[] d, double[] curvatures, double c) {
        double[] out = d.clone();
        for (int i = 0; i < rows.length; i++) {
            if (curvatures[i] > 0) {
                double along = design.dot(rows[i], d);
                design.addRow(rows[i], c * weight(rows[i]) * curvatures[i] * along, out);
            }
        }
        return out;
    }

    /** Moves as far as it descends; returns false if no step does. */
    private boolean moveAlong(double[] p, double c) {
        double[] along = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            along[i] = target(rows[i]) * design.dot(rows[i], p);
        }
        double slope = dot(gradient, p);
        if (!(slope < 0)) {
            return false;
        }
        double before = objective(p, along, 0, c);
        double enough = before + ROUNDING * before; // else full steps near the end are refused
        double step = 1;
        for (int k = 0; k < HALVINGS; k++) {
            if (objective(p, along, step, c) <= enough + DESCENT * step * slope) {
                for (int j = 0; j < w.length; j++) {
                    w[j] += step * p[j];
                }
                for (int i = 0; i < rows.length; i++) {
                    margins[i] += step * along[i];
                }
                return true;
            }
            step /= 2;
        }
        return false;
    }

    private double objective(double[] p, double[] along, double step, double c) {
        double value = dot(w, w) / 2 + step * dot(w, p) + step * step * dot(p, p) / 2;
        for (int i = 0; i < rows.length; i++) {
            value += c * weight(rows[i]) * loss.value(margins[i] + step * along[i]);
        }
        return value;
    }

    private double weight(int row) {
        return design.data().weight(design.data().positive(row));
    }

    private int target(int row) {
        return design.data().target(row);
    }

    private static double[] negated(double[] values) {
        return Arrays.stream(values).map(v -> -v).toArray();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }
}
