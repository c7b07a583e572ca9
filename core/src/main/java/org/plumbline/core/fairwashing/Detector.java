package org.plumbline.core.fairwashing;

import java.util.Arrays;
import java.util.Locale;

/** What betrays a manipulated explanation; each looks at one thing. */
public enum Detector {
    /** {@link Resemblance}: unrelated inputs have maps alike, more than on the manifold. */
    RESEMBLANCE,
    /**
     * {@link Resemblance#amongClasses} of projected maps: unrelated inputs have maps alike even on
     * the manifold, as when an attack knows the projection.
     */
    PROJECTED_RESEMBLANCE,
    /** {@link ProjectionGap}: maps differ from what they are on the manifold. */
    PROJECTION,
    /**
     * {@link MethodGap}: the method disagrees with the other methods, or agrees as it should not:
     * an attack on the gradient drags along what is computed from it.
     */
    METHODS,
    /** {@link RegionRemoval}: removing what a map calls relevant moves the logit too little. */
    REMOVAL,
    /** {@link ReferenceGap}: a reference version answers alike and explains otherwise. */
    REFERENCE;

    /** Returns the name used outside, lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns whether small values are as suspicious as large ones. */
    public boolean twoSided() {
        return this == METHODS;
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
                                                + " (expected: resemblance, projected-resemblance,"
                                                + " projection, methods, removal, reference)"));
    }
}
