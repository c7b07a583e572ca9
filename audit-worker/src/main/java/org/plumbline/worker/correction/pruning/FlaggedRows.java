package org.plumbline.worker.correction.pruning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.TrainingRows;
import org.plumbline.worker.training.WeightedDraws;

/**
 * Training rows with a flag for each that probably conflicts with the bias. Immutable.
 *
 * @param flags one for each row, 1 or 0
 */
public record FlaggedRows(TrainingRows rows, DenseVector flags) {
    /** Checks the sizes. */
    public FlaggedRows {
        if (rows.size() != flags.dimension()) {
            throw new IllegalArgumentException(
                    "flags: " + flags.dimension() + " (expected: " + rows.size() + ")");
        }
    }

    int size() {
        return rows.size();
    }

    LiveBatch batch(NDManager unit, int... samples) {
        return rows.batch(unit, samples);
    }

    NDArray flags(NDManager unit, int... samples) {
        float[] picked = new float[samples.length];
        float[] all = flags.toArray();
        for (int i = 0; i < samples.length; i++) {
            picked[i] = all[samples[i]];
        }
        return unit.create(picked);
    }

    /**
     * Returns whole batches drawn with replacement, flagged rows with a probability so many times
     * that of others.
     */
    WeightedDraws draws(long seed, double upweight, int batch) {
        float[] weights = flags.toArray();
        for (int i = 0; i < weights.length; i++) {
            weights[i] = weights[i] > 0 ? (float) upweight : 1;
        }
        int draws = Math.multiplyExact(batch, Math.max(1, rows.size() / batch));
        return new WeightedDraws(seed, DenseVector.copyOf(weights), draws);
    }
}
