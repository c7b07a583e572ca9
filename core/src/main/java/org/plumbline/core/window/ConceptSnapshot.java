package org.plumbline.core.window;

/**
 * A window's numbers at one moment. Immutable.
 *
 * @param samples samples in the window
 * @param score share of window samples with positive mean sensitivity, zeros left out, in [0, 1]
 * @param scoreStandardError {@code sqrt(q (1 - q) / samples counted)}
 * @param locationScore share of positive locations over the window, in [0, 1]
 * @param sensitivity mean sensitivity over the window, signed
 * @param sensitivityStandardError standard error of {@code sensitivity}
 * @param magnitude mean magnitude over the window, at least 0
 * @param totalPositive samples with positive mean sensitivity since the window began
 * @param totalCounted samples with non-zero mean sensitivity since the window began
 * @param lower anytime-valid lower bound of the score since the window began, in [0, 1]
 * @param upper anytime-valid upper bound of the score since the window began, in [0, 1]
 */
public record ConceptSnapshot(
        long samples,
        double score,
        double scoreStandardError,
        double locationScore,
        double sensitivity,
        double sensitivityStandardError,
        double magnitude,
        long totalPositive,
        long totalCounted,
        double lower,
        double upper) {}
