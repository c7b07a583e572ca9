package org.plumbline.core.fairwashing;

import org.plumbline.core.model.ExplanationMethod;

import java.util.Comparator;

/** A detector applied to an explanation method: one statistic, one p-value. Immutable. */
public record Signal(Detector detector, ExplanationMethod method) implements Comparable<Signal> {
    private static final Comparator<Signal> ORDER =
            Comparator.comparing(Signal::method).thenComparing(Signal::detector);

    @Override
    public int compareTo(Signal other) {
        return ORDER.compare(this, other);
    }

    /** Returns detector and method, {@code removal/gradient}. */
    public String label() {
        return detector.label() + "/" + method.label();
    }

    /**
     * Parses a label.
     *
     * @throws IllegalArgumentException if it names none
     */
    public static Signal parse(String label) {
        int slash = label.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("signal: " + label + " (expected: detector/method)");
        }
        return new Signal(
                Detector.parse(label.substring(0, slash)),
                ExplanationMethod.of(label.substring(slash + 1)));
    }

    @Override
    public String toString() {
        return label();
    }
}
