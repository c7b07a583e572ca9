package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.tap.IntegratedGradients.Form;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;

/** Runs integrated gradients in engine calls of bounded size. Confined to one thread. */
final class PathIntegrator {
    private final NativeModule module;
    private final IntegratedGradients parameters;
    private final int batch;
    private final float[] points;
    private final float[] weights;

    PathIntegrator(NativeModule module, ExplainSpec spec) {
        this.module = module;
        this.parameters = spec.integratedGradients();
        this.batch = spec.batch();
        this.points = parameters.points();
        this.weights = parameters.weights();
    }

    Attribution explain(FloatTensor inputs, long[] targets) {
        AttributionRows rows = new AttributionRows(inputs.rows());
        FloatTensor baseline = parameters.baselineFor(inputs);
        for (int from = 0; from < inputs.rows(); from += batch) {
            int to = Math.min(inputs.rows(), from + batch);
            FloatTensor images = inputs.slice(from, to);
            long[] wanted = Arrays.copyOfRange(targets, from, to);
            try (NDManager unit = module.manager().newSubManager()) {
                NDArray x = Heap.back(unit, images);
                NDList out = module.call(Instrumenter.EXPLAIN_LOGITS, new NDList(x));
                FloatTensor logits = Heap.copy(out.singletonOrThrow());
                long[] classes = classes(logits, wanted);
                long[] alongPath = parameters.legacy() ? wanted : classes;
                FloatTensor sum = sum(unit, x, baseline, alongPath);
                FloatTensor factor = parameters.form() == Form.LEGACY_BATCH ? inputs : images;
                multiply(sum, factor, baseline);
                rows.add(logits, classes, sum);
            }
        }
        return rows.attribution();
    }

    private static long[] classes(FloatTensor logits, long[] wanted) {
        long[] classes = wanted.clone();
        for (int i = 0; i < classes.length; i++) {
            classes[i] = classes[i] < 0 ? logits.largest(i) : classes[i];
        }
        return classes;
    }

    /** Returns {@code sum_j w_j dy_k/dx} at the points of the path, {@code [n, c, h, w]}. */
    private FloatTensor sum(NDManager unit, NDArray x, FloatTensor baseline, long[] targets) {
        NDArray b = Heap.back(unit, baseline);
        NDArray k = unit.create(targets);
        int stride = Math.max(1, batch / targets.length);
        NDArray total = unit.zeros(x.getShape());
        for (int from = 0; from < points.length; from += stride) {
            int to = Math.min(points.length, from + stride);
            try (NDManager step = unit.newSubManager()) {
                NDArray a = step.create(Arrays.copyOfRange(points, from, to));
                NDArray w = step.create(Arrays.copyOfRange(weights, from, to));
                NDList out = module.call(Instrumenter.EXPLAIN_PATH, new NDList(a, b, x, w, k));
                total.addi(out.singletonOrThrow());
            }
        }
        return Heap.copy(total);
    }

    /** Multiplies by {@code x - b}; a factor of the first image alone is used for every row. */
    private void multiply(FloatTensor sum, FloatTensor images, FloatTensor baseline) {
        int size = sum.rowSize();
        for (int i = 0; i < sum.values().length; i++) {
            int at = parameters.form() == Form.LEGACY_BATCH ? i % size : i;
            sum.values()[i] *= images.values()[at] - baseline.values()[i % size];
        }
    }
}
