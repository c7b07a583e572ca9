package org.plumbline.worker.correction.pruning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.worker.training.LiveBatch;

/**
 * Cross-entropy plus the weighted contrastive loss of the tapped features. Immutable.
 *
 * @param weight of the contrastive loss, at least 0; at 0 it is left out
 */
public record TaskLoss(DebiasedContrast contrast, double weight) {
    /** Checks the weight. */
    public TaskLoss {
        if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("lambda_con: " + weight + " (expected: >= 0)");
        }
    }

    /** Scalars with their graphs; {@code contrast} is 0 where it is left out. */
    record Terms(NDArray loss, NDArray crossEntropy, NDArray contrast, NDArray logits) {}

    /**
     * Returns the terms of a batch.
     *
     * @param flags {@code [n]}, 1 for flagged samples
     */
    Terms of(
            NativeOperators operators,
            NDManager unit,
            TrainableModel model,
            LiveBatch batch,
            NDArray flags) {
        TrainableModel.Tapped tapped = model.tapped(batch.x());
        NDArray logits = tapped.logits();
        NDArray ones = unit.ones(new Shape(logits.getShape().get(1)));
        NDArray crossEntropy = operators.crossEntropy(unit, logits, batch.y(), ones);
        if (weight == 0) {
            return new Terms(crossEntropy, crossEntropy, unit.create(0f), logits);
        }
        NDArray term = contrast.of(operators, unit, tapped.activation(), batch.y(), flags);
        NDArray loss = operators.weightedSum(unit, new NDList(crossEntropy, term), 1, weight);
        return new Terms(loss, crossEntropy, term, logits);
    }
}
