package org.plumbline.worker.correction.pruning;

import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.correction.ensemble.MinedSamples;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which training rows probably conflict with the bias. Immutable.
 *
 * @param flags 1 for those, else 0
 * @param scores the higher the likelier, at least 0
 */
public record MinedRows(DenseVector flags, DenseVector scores) implements MinedSamples {
    /** Checks the sizes. */
    public MinedRows {
        if (flags.dimension() != scores.dimension()) {
            throw new IllegalArgumentException(
                    "scores: " + scores.dimension() + " (expected: " + flags.dimension() + ")");
        }
    }

    /** Flags the rows whose score exceeds a threshold. */
    public static MinedRows above(DenseVector scores, double threshold) {
        float[] flags = scores.toArray();
        for (int i = 0; i < flags.length; i++) {
            flags[i] = flags[i] > (float) threshold ? 1 : 0;
        }
        return new MinedRows(DenseVector.copyOf(flags), scores);
    }

    @Override
    public int samples() {
        return flags.dimension();
    }

    @Override
    public int votes(int sample) {
        return isAligned(sample) ? 1 : 0;
    }

    @Override
    public double score(int sample) {
        return scores.at(sample);
    }

    @Override
    public boolean isAligned(int sample) {
        return flags.at(sample) == 0;
    }

    @Override
    public Map<String, Double> settings() {
        return Map.of();
    }

    /** Returns the number of flagged rows. */
    public long flagged() {
        return Math.round(flags.dot(flags));
    }

    /**
     * Returns {@code flagged}, and with the truth at hand {@code precision} and {@code recall} in
     * [0, 1]; one whose denominator is 0 is left out.
     *
     * @param truth 1 for conflicting rows, else 0
     */
    public Map<String, Double> quality(Optional<DenseVector> truth) {
        Map<String, Double> quality = new TreeMap<>();
        quality.put("flagged", (double) flagged());
        truth.ifPresent(
                t -> {
                    double hits = flags.dot(t);
                    if (flagged() > 0) {
                        quality.put("precision", hits / flagged());
                    }
                    if (t.dot(t) > 0) {
                        quality.put("recall", hits / t.dot(t));
                    }
                });
        return quality;
    }
}
