package org.plumbline.core.fairwashing;

import org.plumbline.core.model.ExplanationMethod;

import java.util.EnumSet;
import java.util.Set;

/**
 * How models are examined by whoever calibrates, checks or watches: what was found otherwise cannot
 * be compared with honest models that were examined so.
 */
public final class ExaminationStandard {
    /** Draws the random regions, the same for all models. */
    public static final long SEED = 1;

    /** Clean inputs among which tangent spaces are found, at least. */
    public static final int FEWEST_CLEAN = 100;

    /** Clean inputs that the margins' population was examined with. */
    static final int MARGINS_CLEAN = 2000;

    /** Clean inputs that span a tangent space. */
    public static final int NEIGHBOURS = 32;

    /** Directions of a tangent space. */
    public static final int DIMENSION = 16;

    private ExaminationStandard() {}

    /** Returns the methods that run on every archive that can be differentiated. */
    public static Set<ExplanationMethod> gradients() {
        return EnumSet.of(
                ExplanationMethod.GRADIENT,
                ExplanationMethod.GRADIENT_INPUT,
                ExplanationMethod.INTEGRATED_GRADIENTS);
    }

    /**
     * Returns what is explained by where some methods are asked for: methods are compared with each
     * other, so one alone brings those that cost little.
     *
     * @param wanted empty: all
     */
    public static Set<ExplanationMethod> withCompanions(Set<ExplanationMethod> wanted) {
        if (wanted.isEmpty()) {
            return EnumSet.allOf(ExplanationMethod.class);
        }
        Set<ExplanationMethod> all = gradients();
        all.addAll(wanted);
        return all;
    }

    /** Returns what a model is loaded for: the gradient, besides what it is explained by. */
    public static ExplanationMethod[] loaded(Set<ExplanationMethod> methods) {
        Set<ExplanationMethod> all = EnumSet.of(ExplanationMethod.GRADIENT);
        all.addAll(methods);
        return all.toArray(ExplanationMethod[]::new);
    }
}
