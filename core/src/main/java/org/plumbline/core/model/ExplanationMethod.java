package org.plumbline.core.model;

import java.util.Arrays;
import java.util.stream.Collectors;

/** How a decision is attributed to the pixels. */
public enum ExplanationMethod {
    /** d(logit) / d(input). */
    GRADIENT("gradient"),
    /** The gradient times the input. */
    GRADIENT_INPUT("gradient-input"),
    /** The gradient integrated from a baseline to the input, times their difference. */
    INTEGRATED_GRADIENTS("integrated-gradients"),
    /** Layer-wise relevance propagation. */
    LRP("lrp");

    private final String label;

    ExplanationMethod(String label) {
        this.label = label;
    }

    /** Returns the name used outside: command line, configuration, metrics. */
    public String label() {
        return label;
    }

    /**
     * Returns the method of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ExplanationMethod of(String label) {
        return Arrays.stream(values())
                .filter(m -> m.label.equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "method: " + label + " (expected: " + labels() + ")"));
    }

    private static String labels() {
        return Arrays.stream(values())
                .map(ExplanationMethod::label)
                .collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return label;
    }
}
