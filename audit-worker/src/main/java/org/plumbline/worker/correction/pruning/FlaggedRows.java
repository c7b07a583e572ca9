package org.plumbline.worker.correction.pruning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.WeightedDraws;

import java.util.Arrays;

/**
 * Training rows with a flag for each that probably conflicts with the bias. Immutable.
 *
 * @param flags one for each row, 1 or 0
 */
@SuppressWarnings("ArrayRecordComponent") // rows of the data set's own order; compared by nobody
public record FlaggedRows(AuditDataset data, int[] rows, DenseVector flags) {
    /** Checks the sizes. */
    public FlaggedRows {
        if (rows.length != flags.dimension()) {
            throw new IllegalArgumentException(
                    "flags: " + flags.dimension() + " (expected: " + rows.length + ")");
        }
    }

    int size() {
        return rows.length;
    }

    LiveBatch batch(NDManager unit, int[] samples) {
        return LiveBatch.of(unit, data, Arrays.stream(samples).map(i -> rows[i]).toArray());
    }

    NDArray flags(NDManager unit, int[] samples) {
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
        int draws = Math.multiplyExact(batch, Math.max(1, rows.length / batch));
        return new WeightedDraws(seed, DenseVector.copyOf(weights), draws);
    }
}
