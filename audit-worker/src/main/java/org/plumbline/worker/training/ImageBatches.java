package org.plumbline.worker.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tap.LossReading;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;

/** Whole images, run through the whole model. Confined to one thread. */
public final class ImageBatches implements Batches {
    private final TrainableModel model;
    private final AuditDataset data;
    private final int[] rows;
    private final long[] labels;
    private final LossTerms terms;

    /**
     * Makes batches of some rows of a data set.
     *
     * @param rows rows of the data set to train on, not copied
     */
    public ImageBatches(TrainableModel model, AuditDataset data, int[] rows, LossTerms terms) {
        this.model = model;
        this.data = data;
        this.rows = rows;
        this.labels = data.labels();
        this.terms = terms;
    }

    @Override
    public int size() {
        return rows.length;
    }

    @Override
    public LossReading loss(int[] samples, long step, NDManager unit) {
        int[] picked = new int[samples.length];
        long[] batchLabels = new long[samples.length];
        for (int i = 0; i < samples.length; i++) {
            picked[i] = rows[samples[i]];
            batchLabels[i] = labels[picked[i]];
        }
        FloatTensor images = data.inputs(picked);
        NDArray x = unit.create(images.values(), new Shape(images.shape()));
        NDArray y = unit.create(batchLabels);
        return model.loss(x, terms.inputs(unit, y, terms.cavs(unit), batchLabels, step));
    }
}
