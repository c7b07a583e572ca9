package org.plumbline.worker.correction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.correction.RrClarcLoss.Reading;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingRows;
import org.plumbline.worker.training.TrunkCache;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Runs samples up to their logits and the value the penalty differentiates by: through the whole
 * model, or from what a frozen trunk gave once. Confined to one thread; borrows the model.
 */
final class ProbeReader {
    private final NativeOperators operators;
    private final TrainableModel model;
    private final List<DenseVector> cavs;
    private final TrainingRows rows;
    private final long pooled;
    private final Optional<NDArray> moves;

    /**
     * Makes a reader of some rows.
     *
     * @param model tapped at the probe, or split at it or behind it
     */
    ProbeReader(
            NativeOperators operators,
            TrainableModel model,
            List<DenseVector> cavs,
            TrainingRows rows) {
        this(operators, model, cavs, rows, 1, Optional.empty());
    }

    private ProbeReader(
            NativeOperators operators,
            TrainableModel model,
            List<DenseVector> cavs,
            TrainingRows rows,
            long pooled,
            Optional<NDArray> moves) {
        this.operators = operators;
        this.model = model;
        this.cavs = cavs;
        this.rows = rows;
        this.pooled = pooled;
        this.moves = moves;
    }

    /**
     * Returns a reader of the means of channels over locations instead of the maps; a gradient at
     * the means is that at one location times their number.
     */
    ProbeReader pooled(long locations) {
        return new ProbeReader(operators, model, cavs, rows, locations, moves);
    }

    /**
     * Returns a reader of the same model, split at the probe, whose logits move along the concepts
     * by the same amount at every sample: it reads the amount once a batch, and differentiates by
     * the logits alone.
     *
     * @param lasting scope of the reader's arrays
     * @param values at the probe
     */
    ProbeReader affine(NDManager lasting, NDList values) {
        NDArray moves =
                operators.callOne(
                        "plumbline_rr_clarc_moves",
                        Operands.in(lasting).tensor(values.get(0)).tensor(concepts(lasting)));
        return new ProbeReader(operators, model, cavs, rows, pooled, Optional.of(moves));
    }

    /** Returns the concepts at all locations of a value, then zeros, {@code [K + 1, ...]}. */
    NDArray moves() {
        return moves.orElseThrow();
    }

    /** Runs everything up to the cut over all rows. */
    TrunkCache cache(TrainingListener listener) {
        return TrunkCache.collect(model, rows.data(), rows.rows(), this::state, listener);
    }

    /** Returns the head's reading of some samples from the cache. */
    Reading cached(NDManager unit, NDList cache, int[] samples) {
        NDArray picked = unit.create(Arrays.stream(samples).asLongStream().toArray());
        return fromCut(unit, operators.rows(unit, cache, picked));
    }

    /** Returns the reading of some samples from their images. */
    Reading fromImages(NDManager unit, int[] samples) {
        NDArray x = rows.batch(unit, samples).x();
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

    /** Returns the head's reading of tensors at the cut. */
    Reading fromCut(NDManager unit, NDList state) {
        if (moves.isPresent()) {
            return fromAffine(unit, state, moves.get());
        }
        NDArray at = operators.leaf(unit, state.get(0));
        NDList inputs = new NDList(at);
        if (!tangents()) {
            inputs.addAll(state.subNDList(1));
        }
        return new Reading(model.head(inputs), at, tangents() ? state.get(1) : concepts(unit));
    }

    private Reading fromAffine(NDManager unit, NDList state, NDArray moves) {
        NDList all =
                operators.call(
                        "plumbline_rr_clarc_beside", Operands.in(unit).tensor(moves).list(state));
        NDList out =
                operators.call(
                        "plumbline_rr_clarc_moved",
                        Operands.in(unit).tensor(model.head(all)).tensor(moves));
        return new Reading(out.get(0), out.get(0), out.get(1));
    }

    private boolean tangents() {
        return model.plan().tangents().isPresent();
    }

    /** Returns the concepts as {@code [K, d]}, over the number of locations pooled. */
    private NDArray concepts(NDManager unit) {
        int d = cavs.get(0).dimension();
        float[] values = new float[cavs.size() * d];
        for (int k = 0; k < cavs.size(); k++) {
            System.arraycopy(cavs.get(k).toArray(), 0, values, k * d, d);
        }
        for (int i = 0; i < values.length; i++) {
            values[i] /= pooled;
        }
        return unit.create(values, new Shape(cavs.size(), d));
    }
}
