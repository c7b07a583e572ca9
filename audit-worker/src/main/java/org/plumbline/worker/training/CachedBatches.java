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
    private static final int COLLECTING = 64; // larger batches leave the cache

    private final TrainableModel model;
    private final NDManager manager;
    private final LossTerms terms;
    private final long[] labels;
    private final NDArray allLabels;
    private final NDArray cavs;
    private final boolean tangents;
    private final NDList collected = new NDList();

    private CachedBatches(TrainableModel model, LossTerms terms, long[] labels) {
        this.model = model;
        this.manager = model.newUnit();
        this.terms = terms;
        this.labels = labels;
        this.allLabels = manager.create(labels);
        this.cavs = terms.cavs(manager);
        this.tangents = model.plan().alongTangents();
    }

    /**
     * Runs everything up to the cut over some rows, and finds their tangents where the plan asks.
     *
     * @throws AuditException {@code CANCELLED} when the listener said so
     */
    public static CachedBatches collect(
            TrainableModel model,
            AuditDataset data,
            int[] rows,
            LossTerms terms,
            TrainingListener listener) {
        long[] all = data.labels();
        long[] labels = Arrays.stream(rows).mapToLong(row -> all[row]).toArray();
        CachedBatches batches = new CachedBatches(model, terms, labels);
        try {
            long steps = (rows.length + COLLECTING - 1L) / COLLECTING;
            for (int from = 0; from < rows.length; from += COLLECTING) {
                if (listener.cancelled()) {
                    throw new AuditException(ErrorCode.CANCELLED, "cancelled");
                }
                int to = Math.min(rows.length, from + COLLECTING);
                batches.append(data.inputs(Arrays.copyOfRange(rows, from, to)), from);
                long step = from / COLLECTING + 1L;
                listener.onStep(new TrainingStep("activations", 0, 0, step, steps, Map.of()));
            }
            return batches;
        } catch (RuntimeException e) {
            batches.close();
            throw e;
        }
    }

    private void append(FloatTensor images, int from) {
        try (NDManager unit = model.newUnit()) {
            NDArray x = unit.create(images.values(), new Shape(images.shape()));
            NDList parts = tangents ? model.tangents(x, cavs) : model.trunk(x);
            for (int i = 0; i < parts.size(); i++) {
                NDArray part = parts.get(i);
                if (from == 0) {
                    long[] shape = part.getShape().getShape();
                    shape[0] = labels.length;
                    collected.add(manager.create(new Shape(shape), part.getDataType()));
                }
                NDIndex place = new NDIndex(from + ":" + (from + images.rows()));
                collected.get(i).set(place, part);
            }
        }
    }

    /**
     * Returns whether everything up to the cut gives the same tensors twice, as caching assumes;
     * dropout and stochastic depth below the cut do not.
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

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public LossReading loss(int[] samples, long step, NDManager unit) {
        long[] picked = Arrays.stream(samples).asLongStream().toArray();
        long[] batchLabels = Arrays.stream(samples).mapToLong(i -> labels[i]).toArray();
        NDArray along = tangents ? collected.get(1) : cavs;
        return model.lossCached(
                unit.create(picked),
                tangents ? collected.subNDList(0, 1) : collected,
                terms.inputs(unit, allLabels, along, batchLabels, step));
    }

    @Override
    public void close() {
        manager.close();
    }
}
