package org.plumbline.worker.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;

/**
 * What the head needs of every sample, computed once; exact where everything below the cut is
 * frozen and deterministic. Confined to one thread; owns native memory.
 */
public final class TrunkCache implements AutoCloseable {
    private static final int COLLECTING = 64; // larger batches leave the processor's cache

    private final NDManager manager;
    private final int rows;
    private final NDList collected = new NDList();

    private TrunkCache(TrainableModel model, int rows) {
        manager = model.newUnit();
        this.rows = rows;
    }

    /**
     * Runs everything up to the cut over some rows.
     *
     * @param trunk what to keep of a batch of images, one row for each; without graph
     * @throws AuditException {@code CANCELLED} when the listener said so
     */
    public static TrunkCache collect(
            TrainableModel model,
            AuditDataset data,
            int[] rows,
            Function<NDArray, NDList> trunk,
            TrainingListener listener) {
        TrunkCache cache = new TrunkCache(model, rows.length);
        try {
            long steps = (rows.length + COLLECTING - 1L) / COLLECTING;
            for (int from = 0; from < rows.length; from += COLLECTING) {
                if (listener.cancelled()) {
                    throw new AuditException(ErrorCode.CANCELLED, "cancelled");
                }
                int to = Math.min(rows.length, from + COLLECTING);
                try (NDManager unit = model.newUnit()) {
                    NDArray x = data.inputs(unit, Arrays.copyOfRange(rows, from, to));
                    cache.append(trunk.apply(x), from, to);
                }
                long step = from / COLLECTING + 1L;
                listener.onStep(new TrainingStep("activations", 0, 0, step, steps, Map.of()));
            }
            return cache;
        } catch (RuntimeException e) {
            cache.close();
            throw e;
        }
    }

    private void append(NDList parts, int from, int to) {
        for (int i = 0; i < parts.size(); i++) {
            NDArray part = parts.get(i);
            if (from == 0) {
                long[] shape = part.getShape().getShape();
                shape[0] = rows;
                collected.add(manager.create(new Shape(shape), part.getDataType()));
            }
            collected.get(i).set(new NDIndex(from + ":" + to), part);
        }
    }

    /**
     * Returns whether everything up to the cut gives the same tensors twice, as caching assumes;
     * dropout and stochastic depth below the cut do not.
     */
    public static boolean isExact(TrainableModel model, FloatTensor images) {
        try (NDManager unit = model.newUnit()) {
            NDArray x = Heap.back(unit, images);
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

    /** Returns the bytes that {@link #collect} of the model's trunk would keep of one image. */
    public static long bytesPerRow(TrainableModel model, FloatTensor image) {
        try (NDManager unit = model.newUnit()) {
            return model.trunk(Heap.back(unit, image)).stream()
                    .mapToLong(part -> part.size() * part.getDataType().getNumOfBytes())
                    .sum();
        }
    }

    /** Returns the tensors of all rows, borrowed. */
    public NDList tensors() {
        return collected;
    }

    @Override
    public void close() {
        manager.close();
    }
}
