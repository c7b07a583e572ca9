package org.plumbline.worker.correction.pruning;

import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.correction.ensemble.LabelVerdicts;
import org.plumbline.worker.correction.ensemble.MinedSamples;
import org.plumbline.worker.training.TrainingRows;

import java.util.Map;

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

    /** Flags the rows that a model gets wrong; the score is its doubt {@code 1 - p_y}. */
    public static MinedRows mistakes(LabelVerdicts verdicts) {
        float[] doubts = verdicts.probability().toArray();
        for (int i = 0; i < doubts.length; i++) {
            doubts[i] = 1 - doubts[i];
        }
        return new MinedRows(verdicts.wrong(), DenseVector.copyOf(doubts));
    }

    /**
     * Flags the rows whose bias label differs from their label; that is the score, too.
     *
     * @throws org.plumbline.core.error.AuditException {@code BAD_DATA} if there are no bias labels
     */
    public static MinedRows supervised(TrainingRows rows) {
        long[] bias = rows.data().requiredBiasLabels("mining supervised");
        long[] labels = rows.labels();
        float[] flags = new float[rows.size()];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = labels[i] == bias[rows.rows()[i]] ? 0 : 1;
        }
        DenseVector conflicting = DenseVector.copyOf(flags);
        return new MinedRows(conflicting, conflicting);
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
}
