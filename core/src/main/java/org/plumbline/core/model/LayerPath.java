package org.plumbline.core.model;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Dotted path of a layer: a module, such as {@code features.28} or {@code layer4.1.conv2}, or an
 * operation in the forward of one, such as {@code layer4.1.add} or {@code conv2d_3}. Immutable.
 *
 * @param value path of attribute names joined by dots, at most 256 characters
 */
public record LayerPath(String value) implements Comparable<LayerPath> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)*");
    private static final int LONGEST = 256;

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if {@code value} is not a dotted path
     */
    public LayerPath {
        if (value.length() > LONGEST || !FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "layer: " + value + " (expected: dotted path such as features.28)");
        }
    }

    /** Returns the attribute names from the root down. */
    public List<String> segments() {
        return List.of(value.split("\\."));
    }

    @Override
    public int compareTo(LayerPath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
