package org.plumbline.worker.correction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.ActivationReading;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.worker.training.TrunkCache;

import java.util.Arrays;

/** Logits and the probe's value from what the trunk gave once. Confined to one thread. */
final class CachedReadings implements ConceptFitter.Readings {
    private final NativeOperators operators;
    private final TrainableModel model;
    private final TrunkCache cache;
    private final int[] rows;

    /**
     * Borrows everything.
     *
     * @param model split at the probe, as deployed
     * @param rows of the data set, ascending, in the order of the cache
     */
    CachedReadings(NativeOperators operators, TrainableModel model, TrunkCache cache, int[] rows) {
        this.operators = operators;
        this.model = model;
        this.cache = cache;
        this.rows = rows;
    }

    @Override
    public ActivationReading of(int[] wanted) {
        try (NDManager unit = operators.newUnit()) {
            long[] at =
                    Arrays.stream(wanted).mapToLong(r -> Arrays.binarySearch(rows, r)).toArray();
            NDList state = operators.rows(unit, cache.tensors(), unit.create(at));
            NDArray activation = state.get(0);
            return new ActivationReading(Heap.copy(model.head(state)), Heap.copy(activation));
        }
    }
}
