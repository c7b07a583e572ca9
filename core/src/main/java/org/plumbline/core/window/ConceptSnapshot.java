package org.plumbline.core.window;

import java.util.Optional;

/**
 * A series' numbers at one moment. The anytime-valid bounds are computed when asked for, a few
 * microseconds each. Immutable.
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
 * @param error probability that a bound ever misses, in (0, 1)
 * @param totalSensitivity clipped mean sensitivity since the warm-up ended, empty before
 * @param decayed exponentially decayed numbers, where a half-life is set
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
        double error,
        Optional<MeanEstimate> totalSensitivity,
        Optional<DecayedSnapshot> decayed) {

    /** Returns the anytime-valid lower bound of the score since the window began, in [0, 1]. */
    public double lower() {
        return ScoreBounds.of(totalPositive, totalCounted, error).lower();
    }

    /** Returns the anytime-valid upper bound of the score since the window began, in [0, 1]. */
    public double upper() {
        return ScoreBounds.of(totalPositive, totalCounted, error).upper();
    }

    /**
     * Returns the anytime-valid bounds of the clipped mean sensitivity since the warm-up ended,
     * logits per unit of activation; empty before.
     */
    public Optional<MeanBounds> sensitivityBounds() {
        return totalSensitivity.map(estimate -> estimate.bounds(error));
    }
}
