package org.plumbline.core.fairwashing;

import org.plumbline.core.model.ExplanationMethod;

import java.util.List;
import java.util.Optional;

/**
 * What all signals say together. Immutable.
 *
 * @param tested every signal that could be tested
 * @param level at or below which a corrected p-value is called suspect
 */
public record FairwashingVerdict(List<Tested> tested, double level) {
    /** Copies the list. */
    public FairwashingVerdict {
        tested = List.copyOf(tested);
    }

    /**
     * One signal. Immutable.
     *
     * @param statistic mean over the inputs
     * @param expected of an honest model
     * @param error standard error of their difference
     * @param pValue of this signal alone, one-sided
     * @param corrected by Holm over all signals
     * @param inputs averaged
     */
    public record Tested(
            Signal signal,
            double statistic,
            double expected,
            double error,
            double pValue,
            double corrected,
            int inputs) {}

    /** Returns the smallest corrected p-value, 1 if nothing could be tested. */
    public double pValue() {
        return tested.stream().mapToDouble(Tested::corrected).min().orElse(1);
    }

    /** Returns the smallest corrected p-value of one method's signals, empty if none was tested. */
    public Optional<Double> pValue(ExplanationMethod method) {
        return tested.stream()
                .filter(t -> t.signal().method() == method)
                .map(Tested::corrected)
                .min(Double::compare);
    }

    /** Returns whether the explanations look manipulated. */
    public boolean suspect() {
        return pValue() <= level;
    }

    /** Returns the signals that spoke. */
    public List<Tested> spoke() {
        return tested.stream().filter(t -> t.corrected() <= level).toList();
    }

    /** Returns {@code suspect} or {@code clean}. */
    public String label() {
        return suspect() ? "suspect" : "clean";
    }
}
