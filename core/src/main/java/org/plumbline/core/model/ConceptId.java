package org.plumbline.core.model;

import java.util.regex.Pattern;

/**
 * Name of a concept; a metric tag, a file name and a URL segment. Immutable.
 *
 * @param value 1 to 64 characters of {@code [a-z0-9_-]}
 */
public record ConceptId(String value) implements Comparable<ConceptId> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if {@code value} has other characters or another length
     */
    public ConceptId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "concept: " + value + " (expected: 1 to 64 of a-z 0-9 _ -)");
        }
    }

    @Override
    public int compareTo(ConceptId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
