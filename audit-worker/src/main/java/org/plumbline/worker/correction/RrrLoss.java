package org.plumbline.worker.correction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.OperatorSource;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.BatchLoss.Terms;

import java.util.Map;

/**
 * {@code CE + lambda / n sum_i cos(|sum_channels ds/dx_i|, mask_i)} with {@code s} the sum over
 * samples of the mean over classes of {@code log(softmax + 1e-5)}.
 *
 * @param lambda at 0 the penalty is left out
 */
record RrrLoss(NativeOperators operators, TrainableModel model, double lambda) {
    static final OperatorSource SOURCE = OperatorSource.of(RrrLoss.class, "rrr.py");

    /**
     * Returns the terms of a batch.
     *
     * @param masks {@code [n, h, w]}; a batch without any has no penalty
     */
    Terms terms(NDManager unit, NDArray x, NDArray y, NDArray weights, FloatTensor masks) {
        NDArray leaf = operators.leaf(unit, x);
        NDArray logits = model.logits(leaf);
        NDArray crossEntropy = operators.crossEntropy(unit, logits, y, weights);
        if (lambda == 0 || !anywhere(masks)) {
            return new Terms(
                    crossEntropy,
                    Map.of("cross_entropy", crossEntropy, "penalty", unit.create(0f)));
        }
        NDArray penalty =
                operators.callOne(
                        "plumbline_rrr",
                        Operands.in(unit)
                                .tensor(logits)
                                .tensor(leaf)
                                .tensor(Heap.back(unit, masks)));
        NDArray loss = operators.weightedSum(unit, new NDList(crossEntropy, penalty), 1, lambda);
        return new Terms(loss, Map.of("cross_entropy", crossEntropy, "penalty", penalty));
    }

    private static boolean anywhere(FloatTensor masks) {
        for (float value : masks.values()) {
            if (value > 0) {
                return true;
            }
        }
        return false;
    }
}
