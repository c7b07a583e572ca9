package org.plumbline.plugin.mitigation;

import org.plumbline.core.model.ConceptId;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * A wish to answer without a concept for a time, by P-ClArC. Immutable.
 *
 * @param concept one that the model is audited for
 * @param strength share of the way to the level, above 0, at most 1
 * @param level projection aimed at, in units of activation, finite; empty: the mean of the examples
 *     without the concept
 * @param duration a second to a day
 * @param by who asked, for the record; at most 128 printable characters
 */
public record MitigationOrder(
        ConceptId concept, double strength, OptionalDouble level, Duration duration, String by) {
    /** The longest time; what is needed longer is a correction. */
    public static final Duration LONGEST = Duration.ofDays(1);

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final int LONGEST_NAME = 128;

    /** Checks the ranges. */
    public MitigationOrder {
        if (!(strength > 0 && strength <= 1)) {
            throw new IllegalArgumentException(
                    "strength: " + strength + " (expected: above 0, at most 1)");
        }
        if (level.isPresent() && !Double.isFinite((float) level.getAsDouble())) {
            throw new IllegalArgumentException(
                    "level: " + level.getAsDouble() + " (expected: finite)");
        }
        if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "duration: " + duration.toSeconds() + "s (expected: 1s to 24h)");
        }
        if (by.length() > LONGEST_NAME || by.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "by: (expected: at most " + LONGEST_NAME + " printable characters)");
        }
    }
}
