package org.plumbline.worker.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.worker.dataset.AuditDataset;

/**
 * The native arrays of one step, which hang on its unit.
 *
 * @param x images {@code [n, c, h, w]}
 * @param y labels {@code [n]} int64
 */
public record LiveBatch(NDArray x, NDArray y) {

    /** Returns the rows of a data set. */
    public static LiveBatch of(NDManager unit, AuditDataset data, int[] rows) {
        return new LiveBatch(data.inputs(unit, rows), unit.create(data.labels(rows)));
    }
}
