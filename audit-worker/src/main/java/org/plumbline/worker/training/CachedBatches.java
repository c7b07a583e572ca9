package org.plumbline.worker.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.LossReading;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;

import java.util.Arrays;
import java.util.Map;

/**
 * What the head needs of every sample, computed once; only the head runs in a step. Exact where
 * everything below the cut is frozen and deterministic. Confined to one thread; owns native memory.
 */
public final class CachedBatches implements Batches, AutoCloseable {
    private static final int COLLECTING = 256;

    private final TrainableModel model;
    private final NDManager manager;
    private final NDList caches;
    private final NDArray allLabels;
    private final long[] labels;
    private final LossTerms terms;

    private CachedBatches(
            TrainableModel model,
            NDManager manager,
            NDList caches,
            long[] labels,
            LossTerms terms) {
        this.model = model;
        this.manager = manager;
        this.caches = caches;
        this.labels = labels;
        this.allLabels = manager.create(labels);
        this.terms = terms;
    }

    /**
     * Runs the trunk over some rows.
     *
     * @throws AuditException {@code CANCELLED} when the listener said so
     */
    public static CachedBatches collect(
            TrainableModel model,
            AuditDataset data,
            int[] rows,
            LossTerms terms,
            TrainingListener listener) {
        NDManager manager = model.newUnit();
        try {
            NDList caches = new NDList();
            long steps = (rows.length + COLLECTING - 1L) / COLLECTING;
            for (int from = 0; from < rows.length; from += COLLECTING) {
                if (listener.cancelled()) {
                    throw new AuditException(ErrorCode.CANCELLED, "cancelled");
                }
                int to = Math.min(rows.length, from + COLLECTING);
                append(
                        model,
                        manager,
                        caches,
                        data,
                        Arrays.copyOfRange(rows, from, to),
                        from,
                        rows);
                long step = from / COLLECTING + 1L;
                listener.onStep(new TrainingStep("activations", 0, 0, step, steps, Map.of()));
            }
            long[] all = data.labels();
            long[] labels = Arrays.stream(rows).mapToLong(row -> all[row]).toArray();
            return new CachedBatches(model, manager, caches, labels, terms);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Returns whether the trunk gives the same tensors twice, as caching assumes; dropout and
     * stochastic depth below the cut do not.
     */
    public static boolean isExact(TrainableModel model, FloatTensor images) {
        try (NDManager unit = model.newUnit()) {
            NDArray x = unit.create(images.values(), new Shape(images.shape()));
            NDList first = model.trunk(x);
            NDList second = model.trunk(x);
            for (int i = 0; i < first.size(); i++) {
                if (!first.get(i).contentEquals(second.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    private static void append(
            TrainableModel model,
            NDManager manager,
            NDList caches,
            AuditDataset data,
            int[] batch,
            int from,
            int[] rows) {
        try (NDManager unit = model.newUnit()) {
            FloatTensor images = data.inputs(batch);
            NDList parts = model.trunk(unit.create(images.values(), new Shape(images.shape())));
            for (int i = 0; i < parts.size(); i++) {
                NDArray part = parts.get(i);
                if (from == 0) {
                    long[] shape = part.getShape().getShape();
                    shape[0] = rows.length;
                    caches.add(manager.create(new Shape(shape), part.getDataType()));
                }
                caches.get(i).set(new NDIndex(from + ":" + (from + batch.length)), part);
            }
        }
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public LossReading loss(int[] samples, long step, NDManager unit) {
        long[] picked = Arrays.stream(samples).asLongStream().toArray();
        long[] batchLabels = Arrays.stream(samples).mapToLong(i -> labels[i]).toArray();
        NDArray chosen = unit.create(picked);
        return model.lossCached(chosen, caches, terms.inputs(unit, allLabels, batchLabels, step));
    }

    @Override
    public void close() {
        manager.close();
    }
}
