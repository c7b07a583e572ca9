package org.plumbline.worker.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.Heap;
import org.plumbline.worker.dataset.AuditDataset;

import java.util.Arrays;

/**
 * The native arrays of one step, which hang on its unit.
 *
 * @param x images {@code [n, c, h, w]}
 * @param y labels {@code [n]} int64
 */
public record LiveBatch(NDArray x, NDArray y) {

    /** Returns the rows of a data set. */
    public static LiveBatch of(NDManager unit, AuditDataset data, int[] rows) {
        long[] labels = data.labels();
        return new LiveBatch(
                Heap.back(unit, data.inputs(rows)),
                unit.create(Arrays.stream(rows).mapToLong(row -> labels[row]).toArray()));
    }
}
