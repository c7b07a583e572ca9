package org.plumbline.core.cav;

import java.util.List;

/**
 * The regularisation a CAV was fitted with. Immutable.
 *
 * @param name {@code C} or {@code alpha}
 * @param value above 0
 * @param scores mean test score of every value of {@link GridSearch#VALUES}: accuracy for {@code
 *     C}, {@code R^2} for {@code alpha}; empty if the value was given
 */
public record HyperParameter(String name, double value, List<Double> scores) {
    /** Copies the scores. */
    public HyperParameter {
        scores = List.copyOf(scores);
    }

    HyperParameter(String name, double value) {
        this(name, value, List.of());
    }
}
