package org.plumbline.core.fairwashing;

import java.util.Arrays;
import java.util.Locale;

/**
 * Which rows span the tangent space at a point {@code q}, and what they are measured from.
 *
 * <p>Source: {@code fairwashing/fairwashing} (4ce9fa4), {@code projectors/linear.py}.
 */
public enum TangentMode {
    /** {@code q} and its {@code k - 1} nearest reference points, from their mean. */
    CENTRED,
    /** The {@code k} nearest reference points, from their mean: for points of the reference. */
    MEMBER,
    /** The {@code k} nearest reference points, from {@code q} itself. */
    STRICT;

    /** Returns the name on command lines and in configuration, lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Parses a label.
     *
     * @throws IllegalArgumentException if it names none
     */
    public static TangentMode parse(String label) {
        return Arrays.stream(values())
                .filter(mode -> mode.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "mode: " + label + " (expected: centred, member, strict)"));
    }
}
