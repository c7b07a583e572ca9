package org.plumbline.cli;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;

/**
 * Batches gathered into one tensor; the first batch fixes the row shape. Confined to one thread.
 */
final class Rows {
    private final int total;
    private float[] values = {};
    private long[] shape = {};
    private int used;

    Rows(int total) {
        this.total = total;
    }

    void add(FloatTensor batch) {
        if (used == 0) {
            shape = batch.shape();
            shape[0] = total;
            values = new float[Math.toIntExact(FloatTensor.size(shape))];
        }
        System.arraycopy(batch.values(), 0, values, used, batch.values().length);
        used += batch.values().length;
    }

    /** Returns everything added. */
    FloatTensor tensor() {
        if (used != values.length) {
            throw new IllegalStateException(
                    "rows: " + used + " values (expected: " + Arrays.toString(shape) + ")");
        }
        return FloatTensor.of(values, shape);
    }
}
