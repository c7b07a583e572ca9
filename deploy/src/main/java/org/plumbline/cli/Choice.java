package org.plumbline.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Constants as words of the command line: lower case, with hyphens. */
final class Choice {
    private Choice() {}

    /**
     * Returns the constant of a word.
     *
     * @param option stands in the message
     * @throws IllegalArgumentException if there is none
     */
    static <E extends Enum<E>> E of(Class<E> type, String option, String word) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> word(constant).equals(word))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        option + ": " + word + " (expected: " + words(type) + ")"));
    }

    /** Returns the word of a constant. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String words(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(Choice::word)
                .collect(Collectors.joining(", "));
    }
}
