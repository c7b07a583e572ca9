package org.plumbline.core.fairwashing;

import java.util.Arrays;
import java.util.Locale;

/** What betrays a manipulated explanation; each looks at one thing. */
public enum Detector {
    /** {@link Resemblance}: unrelated inputs have maps alike, more than on the manifold. */
    RESEMBLANCE,
    /** {@link ProjectionGap}: maps differ from what they are on the manifold. */
    PROJECTION,
    /** {@link MethodGap}: the method disagrees with the other methods. */
    METHODS,
    /** {@link RegionRemoval}: removing what a map calls relevant moves the logit too little. */
    REMOVAL,
    /** {@link ReferenceGap}: a reference version answers alike and explains otherwise. */
    REFERENCE;

    /** Returns the name used outside, lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Parses a label.
     *
     * @throws IllegalArgumentException if it names none
     */
    public static Detector parse(String label) {
        return Arrays.stream(values())
                .filter(detector -> detector.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "detector: "
                                                + label
                                                + " (expected: resemblance, projection, methods,"
                                                + " removal, reference)"));
    }
}
