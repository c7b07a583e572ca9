package org.plumbline.worker.fairwashing;

import ai.djl.Device;

import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * What students are measured on and how. Immutable; copies its rows.
 *
 * @param rows of the data set that are measured, in order
 * @param reference rows of the data set that tangent spaces are sought among
 * @param target {@code [h, w]}, sums to 1
 * @param tangent how maps are projected; empty: they are not
 * @param batch rows a batch; each batch weighs the same
 * @param workDirectory existing folder for temporary files
 */
@SuppressWarnings("ArrayRecordComponent") // copied; compared by nobody
public record EvaluationTask(
        AuditDataset data,
        int[] rows,
        int[] reference,
        FloatTensor target,
        Optional<TangentSettings> tangent,
        int batch,
        Path workDirectory,
        Device device) {
    /** Rows of a batch in the documented example. */
    public static final int BATCH = 128;

    /** Copies the rows and checks them. */
    public EvaluationTask {
        if (rows.length == 0 || batch < 1) {
            throw new IllegalArgumentException(
                    "rows: " + rows.length + ", batch: " + batch + " (expected: at least 1)");
        }
        rows = rows.clone();
        reference = reference.clone();
    }

    @Override
    public int[] rows() {
        return rows.clone();
    }

    @Override
    public int[] reference() {
        return reference.clone();
    }

    /** Returns the batches of a measurement. */
    public int batches() {
        return (rows.length + batch - 1) / batch;
    }

    /** Returns the mean squared error of a map of equal shares: what any attack must undercut. */
    public double uniformError() {
        float[] values = target.values();
        double share = 1.0 / values.length;
        double sum = 0;
        for (float value : values) {
            sum += (value - share) * (value - share);
        }
        return sum / values.length;
    }

    int[] batch(int number) {
        return Arrays.copyOfRange(
                rows, number * batch, Math.min(rows.length, (number + 1) * batch));
    }
}
