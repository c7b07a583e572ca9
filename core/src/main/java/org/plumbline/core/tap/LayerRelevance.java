package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** LRP that starts at a layer instead of a logit, in batches. Confined to one thread. */
final class LayerRelevance {
    private final NativeModule module;
    private final int batch;

    LayerRelevance(NativeModule module, int batch) {
        this.module = module;
        this.batch = batch;
    }

    /** Returns the layer's output. */
    FloatTensor activation(FloatTensor inputs) {
        List<FloatTensor> parts = new ArrayList<>();
        for (int from = 0; from < inputs.rows(); from += batch) {
            int to = Math.min(inputs.rows(), from + batch);
            try (NDManager unit = module.manager().newSubManager()) {
                NDArray x = Heap.back(unit, inputs.slice(from, to));
                NDList out = module.call(Instrumenter.EXPLAIN_ACTIVATION, new NDList(x));
                parts.add(Heap.copy(out.get(0)));
            }
        }
        return FloatTensor.concat(parts);
    }

    /** Returns the relevance of the inputs, given that of the layer's output. */
    Attribution propagate(FloatTensor inputs, FloatTensor start) {
        AttributionRows rows = new AttributionRows(inputs.rows());
        for (int from = 0; from < inputs.rows(); from += batch) {
            int to = Math.min(inputs.rows(), from + batch);
            try (NDManager unit = module.manager().newSubManager()) {
                NDArray x = Heap.back(unit, inputs.slice(from, to));
                NDArray r = Heap.back(unit, start.slice(from, to));
                NDList out = module.call(Instrumenter.EXPLAIN_FROM_LAYER, new NDList(x, r));
                FloatTensor logits = Heap.copy(out.get(0));
                rows.add(logits, largest(logits), Heap.copy(out.get(1)));
            }
        }
        return rows.attribution();
    }

    private static long[] largest(FloatTensor logits) {
        long[] classes = new long[logits.rows()];
        Arrays.setAll(classes, logits::largest);
        return classes;
    }
}
