package org.plumbline.core.cav;

import org.plumbline.core.tensor.DenseVector;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a concept activation vector is estimated. Every kind points from samples without to samples
 * with the concept, has no intercept and sees neither centred nor scaled activations.
 *
 * <p>With group weights {@code s} (the rarer group 1, the other {@code n_min / n_max}) and targets
 * {@code t} of -1 and 1, the kinds other than the first two minimise what their entries say over
 * {@code h}; the regularisation is chosen by {@link GridSearch}.
 *
 * <p>Source: frederikpahde/rrclarc, {@code utils/cav.py}; Kim et al., ICML 2018, for {@code svm}
 * and {@code logistic}; Pahde et al., "Navigating Neural Space", 2022, for {@code signal}.
 */
public enum CavKind {
    /**
     * Slope of the activation on the label, {@code cov(a, t) / var(t)}, without weights. For a
     * label of 0 and 1 this is the difference of the group means.
     */
    SIGNAL,
    /**
     * {@code |h|^2 / 2 + C sum s max(0, 1 - t a.h)^2}: support vector machine with squared hinge.
     */
    SVM,
    /** {@code sum s (t - a.h)^2 + alpha |h|^2}. */
    RIDGE,
    /** {@code sum s (t - a.h)^2 / (2 n) + alpha |h|_1}, {@code s} rescaled to mean 1. */
    LASSO,
    /** {@code |h|^2 / 2 + C sum s log(1 + exp(-t a.h))}. */
    LOGISTIC,
    /**
     * Difference of the group means, without weights: the same vector as {@link #SIGNAL}, under the
     * name other tools use.
     */
    MEAN_DIFFERENCE;

    /**
     * Returns the kind a configuration names.
     *
     * @throws IllegalArgumentException naming all kinds
     */
    public static CavKind parse(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "cav: " + name + " (expected: " + labels() + ")"));
    }

    /** Returns the names of all kinds as one text. */
    public static String labels() {
        return Arrays.stream(values()).map(CavKind::label).collect(Collectors.joining(", "));
    }

    /** Returns the name in configurations: {@code signal}, {@code mean-difference} and so on. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns {@code C} or {@code alpha}; empty for a kind without regularisation. */
    public Optional<String> hyperParameter() {
        return switch (this) {
            case SIGNAL, MEAN_DIFFERENCE -> Optional.empty();
            case SVM, LOGISTIC -> Optional.of("C");
            case RIDGE, LASSO -> Optional.of("alpha");
        };
    }

    /**
     * Fits the direction, choosing the regularisation by {@link GridSearch} where there is one.
     *
     * @throws org.plumbline.core.error.AuditException {@code BAD_DATA} if there are fewer than five
     *     examples of each group for a kind with regularisation, values are not finite, the
     *     activations are constant, or positives and negatives are equal
     */
    public CavFit fit(LabelledActivations data) {
        if (hyperParameter().isEmpty()) {
            return closedForm(data);
        }
        data.requireUsable();
        return GridSearch.run(this, data);
    }

    /**
     * Fits the direction with a given regularisation, which {@code signal} and {@code
     * mean-difference} ignore.
     *
     * @param value of {@link #hyperParameter()}, above 0
     */
    public CavFit fit(LabelledActivations data, double value) {
        if (hyperParameter().isEmpty()) {
            return closedForm(data);
        }
        if (!(value > 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(
                    hyperParameter().orElseThrow() + ": " + value + " (expected: > 0)");
        }
        data.requireUsable();
        Regularised problem = problem(data, new int[data.rows()], 1);
        return CavFit.of(
                this,
                problem.all(value),
                new HyperParameter(hyperParameter().orElseThrow(), value));
    }

    /** Returns the fitting problem of a kind with regularisation. */
    Regularised problem(LabelledActivations data, int[] fold, int folds) {
        return switch (this) {
            case SVM, LOGISTIC -> new MarginFit(this, Design.rotated(data), fold);
            case RIDGE -> new RidgeFit(Design.rotated(data), fold, folds);
            case LASSO -> new LassoFit(Design.plain(data), fold);
            case SIGNAL, MEAN_DIFFERENCE ->
                    throw new IllegalArgumentException(label() + ": no regularisation");
        };
    }

    private CavFit closedForm(LabelledActivations data) {
        return CavFit.of(this, SignalCav.slope(data));
    }

    /** Returns the unit direction alone. */
    public DenseVector direction(LabelledActivations data) {
        return fit(data).direction();
    }
}
