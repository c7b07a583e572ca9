package org.plumbline.worker.correction.ensemble;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Map;

/**
 * What biased detectors think of each sample: those on which enough of them are sure of the label
 * are taken to be bias-aligned, all others bias-conflicting. Immutable.
 *
 * @param probabilities softmax probability of the label, {@code [detectors, samples]}, not copied
 * @param threshold above which a detector votes
 * @param agreement votes that make a sample aligned
 */
public record Votes(FloatTensor probabilities, double threshold, int agreement)
        implements MinedSamples {

    /** Returns the number of samples. */
    @Override
    public int samples() {
        return probabilities.extent(1);
    }

    /** Returns the number of detectors that are sure of a sample's label. */
    @Override
    public int votes(int sample) {
        int votes = 0;
        for (int m = 0; m < probabilities.rows(); m++) {
            votes += probability(m, sample) > (float) threshold ? 1 : 0;
        }
        return votes;
    }

    /** Returns whether a sample is taken to be bias-aligned. */
    @Override
    public boolean isAligned(int sample) {
        return votes(sample) >= agreement;
    }

    /** Returns 1 minus the detectors' mean probability of a sample's label, in [0, 1]. */
    @Override
    public double score(int sample) {
        double sum = 0;
        for (int m = 0; m < probabilities.rows(); m++) {
            sum += probability(m, sample);
        }
        return 1 - sum / probabilities.rows();
    }

    @Override
    public Map<String, Double> settings() {
        return Map.of(
                "detectors", (double) probabilities.rows(),
                "threshold", threshold,
                "agreement", (double) agreement);
    }

    private float probability(int detector, int sample) {
        return probabilities.values()[detector * samples() + sample];
    }

    /** Returns 1 for aligned samples, 0 for others. */
    public float[] alignedFlags() {
        float[] flags = new float[samples()];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = isAligned(i) ? 1 : 0;
        }
        return flags;
    }
}
