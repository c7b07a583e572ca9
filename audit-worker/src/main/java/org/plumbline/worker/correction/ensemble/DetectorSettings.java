package org.plumbline.worker.correction.ensemble;

/**
 * How biased detectors are trained and vote. Immutable.
 *
 * <p>Source: Lee et al., "Revisiting the Importance of Amplifying Bias for Debiasing", AAAI 2023;
 * kakaoenterprise/BiasEnsemble, {@code pretrain_b_ensemble_best}.
 *
 * @param count networks, at least 1
 * @param steps updates of each, at least 1
 * @param validEvery updates between measurements on validation rows, at least 1
 * @param agreement votes that make a sample bias-aligned, in [1, count]
 * @param threshold label probability above which a detector votes, in [0, 1)
 * @param publishedSelection whether a detector is measured after updates 1, 1 + validEvery, … only,
 *     so that the last updates never count; else after every {@code validEvery} and the last
 */
public record DetectorSettings(
        int count,
        int steps,
        int validEvery,
        int agreement,
        double threshold,
        boolean publishedSelection) {
    /** Checks the ranges. */
    public DetectorSettings {
        if (count < 1 || steps < 1 || validEvery < 1) {
            throw new IllegalArgumentException(
                    "detectors: "
                            + count
                            + " of "
                            + steps
                            + " steps, measured every "
                            + validEvery
                            + " (expected: all at least 1)");
        }
        if (agreement < 1 || agreement > count) {
            throw new IllegalArgumentException(
                    "detector_agreement: " + agreement + " (expected: 1 to " + count + ")");
        }
        if (!(threshold >= 0 && threshold < 1)) {
            throw new IllegalArgumentException(
                    "detector_threshold: " + threshold + " (expected: in [0, 1))");
        }
    }

    /** Returns whether a detector is measured after so many updates, from 1. */
    boolean isMeasured(int updates) {
        return publishedSelection
                ? (updates - 1) % validEvery == 0
                : updates % validEvery == 0 || updates == steps;
    }
}
