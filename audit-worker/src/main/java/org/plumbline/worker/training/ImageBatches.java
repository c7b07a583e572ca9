package org.plumbline.worker.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tap.LossReading;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;

import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Whole images, run through the whole model in every step: the arithmetic of {@link CachedBatches}
 * without the cache. Confined to one thread.
 */
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
        int[] picked = Arrays.stream(samples).map(i -> rows[i]).toArray();
        long[] batchLabels = Arrays.stream(picked).mapToLong(row -> labels[row]).toArray();
        FloatTensor images = data.inputs(picked);
        NDArray x = unit.create(images.values(), new Shape(images.shape()));
        NDArray y = unit.create(batchLabels);
        NDArray cavs = terms.cavs(unit);
        if (!model.plan().alongTangents()) {
            return model.loss(x, terms.inputs(unit, y, cavs, batchLabels, step));
        }
        NDList parts = model.tangents(x, cavs);
        NDArray all = unit.create(LongStream.range(0, samples.length).toArray());
        return model.lossCached(
                all, parts.subNDList(0, 1), terms.inputs(unit, y, parts.get(1), batchLabels, step));
    }
}
