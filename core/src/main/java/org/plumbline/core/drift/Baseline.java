package org.plumbline.core.drift;

import org.plumbline.core.window.MeanBounds;
import org.plumbline.core.window.MeanEstimate;

/**
 * How a quantity was when a model version was taken into service, stored with the version: the mean
 * sensitivity of a series (range: its clip), its TCAV score (sensitivity above zero as 0 or 1,
 * range [0, 1]), or the prevalence of a concept in the inputs (see {@link ConceptPresence}, range
 * [0, 1]). Plain numbers, fit for JSON. Immutable.
 *
 * @param estimate of at least 1 sample; replicas' estimates may be added before
 * @param error probability that the mean it stands for lies outside {@link #bounds}, in (0, 1)
 */
public record Baseline(MeanEstimate estimate, double error) {
    /** Checks the ranges. */
    public Baseline {
        if (estimate.samples() < 1) {
            throw new IllegalArgumentException("baseline: no samples (expected: >= 1)");
        }
        if (!(error > 0 && error < 1)) {
            throw new IllegalArgumentException("error: " + error + " (expected: in (0, 1))");
        }
    }

    /**
     * Returns bounds of the mean. They hold whenever it was decided to end the baseline; changes
     * that stay inside them cannot be detected.
     */
    public MeanBounds bounds() {
        return estimate.bounds(error);
    }
}
