package org.plumbline.core.model;

import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Names the logits among what {@code forward} returns: an index into a tuple or list, a key of a
 * dictionary, or a field of a named tuple. Immutable.
 *
 * @param value 1 to 128 printable characters without quotes and backslashes
 */
public record OutputSelector(String value) {
    private static final Pattern FORM = Pattern.compile("[ -~&&[^\"'\\\\]]{1,128}");
    private static final Pattern INDEX = Pattern.compile("\\d{1,4}");

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if {@code value} cannot be an index, key or field
     */
    public OutputSelector {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "output: " + value + " (expected: index, key or field such as out)");
        }
    }

    /** Returns the value as an index, if it is one. */
    public OptionalInt index() {
        return INDEX.matcher(value).matches()
                ? OptionalInt.of(Integer.parseInt(value))
                : OptionalInt.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
