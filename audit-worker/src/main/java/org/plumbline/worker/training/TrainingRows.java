package org.plumbline.worker.training;

import ai.djl.ndarray.NDManager;

import org.plumbline.worker.dataset.AuditDataset;

import java.util.Arrays;

/** The rows of a data set that are trained on; sample i is row {@code rows[i]}. Not to be kept. */
@SuppressWarnings("ArrayRecordComponent") // handed over once; compared by nobody
public record TrainingRows(AuditDataset data, int... rows) {

    /** Returns the number of samples. */
    public int size() {
        return rows.length;
    }

    /** Returns the labels of all samples. */
    public long[] labels() {
        return data.labels(rows);
    }

    /** Returns the labels of some samples. */
    public long[] labels(int... samples) {
        return data.labels(picked(samples));
    }

    /** Returns some samples. */
    public LiveBatch batch(NDManager unit, int... samples) {
        return LiveBatch.of(unit, data, picked(samples));
    }

    private int[] picked(int... samples) {
        return Arrays.stream(samples).map(i -> rows[i]).toArray();
    }
}
