package org.plumbline.worker.correction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.correction.RrClarcLoss.Reading;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrunkCache;

import java.util.Arrays;
import java.util.List;

/**
 * Runs samples up to their logits and the value the penalty differentiates by: through the whole
 * model, or from what a frozen trunk gave once. Confined to one thread; borrows the model.
 */
final class ProbeReader {
    private final CorrectionRun run;
    private final NativeOperators operators;
    private final TrainableModel model;
    private final List<DenseVector> cavs;
    private final int[] rows;

    /**
     * Makes a reader of some rows.
     *
     * @param model tapped at the probe, or split at it or behind it
     */
    ProbeReader(
            CorrectionRun run,
            NativeOperators operators,
            TrainableModel model,
            List<DenseVector> cavs,
            int[] rows) {
        this.run = run;
        this.operators = operators;
        this.model = model;
        this.cavs = cavs;
        this.rows = rows;
    }

    /** Runs everything up to the cut over all rows. */
    TrunkCache cache(TrainingListener listener) {
        return TrunkCache.collect(model, run.task().data(), rows, this::state, listener);
    }

    /** Returns the head's reading of some samples from the cache. */
    Reading cached(NDManager unit, TrunkCache cache, int[] samples) {
        NDArray picked = unit.create(Arrays.stream(samples).asLongStream().toArray());
        return fromCut(unit, operators.rows(unit, cache.tensors(), picked));
    }

    /** Returns the reading of some samples from their images. */
    Reading fromImages(NDManager unit, int[] samples) {
        NDArray x = run.batch(unit, rows, samples).x();
        if (model.plan().cut().isPresent()) {
            return fromCut(unit, state(x));
        }
        TrainableModel.Tapped tapped = model.tapped(x);
        return new Reading(tapped.logits(), tapped.activation(), concepts(unit));
    }

    /** Returns the tensors at the cut, or the one there and its tangents; without graph. */
    private NDList state(NDArray x) {
        return tangents() ? model.tangents(x, concepts(x.getManager())) : model.trunk(x);
    }

    private Reading fromCut(NDManager unit, NDList state) {
        NDArray at = operators.leaf(unit, state.get(0));
        NDList inputs = new NDList(at);
        if (!tangents()) {
            inputs.addAll(state.subNDList(1));
        }
        return new Reading(model.head(inputs), at, tangents() ? state.get(1) : concepts(unit));
    }

    private boolean tangents() {
        return model.plan().tangents().isPresent();
    }

    /** Returns the concepts as {@code [K, d]}. */
    private NDArray concepts(NDManager unit) {
        int d = cavs.get(0).dimension();
        float[] values = new float[cavs.size() * d];
        for (int k = 0; k < cavs.size(); k++) {
            System.arraycopy(cavs.get(k).toArray(), 0, values, k * d, d);
        }
        return unit.create(values, new Shape(cavs.size(), d));
    }
}
