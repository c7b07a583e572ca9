package org.plumbline.worker.correction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.OperatorSource;
import org.plumbline.worker.training.BatchLoss.Terms;

import java.util.Map;

/**
 * {@code CE + lambda L_RR}: cross-entropy plus the sensitivity of a scalar of the logits along
 * concept vectors, at the probe or, the same number, along tangents behind it.
 */
record RrClarcLoss(
        NativeOperators operators, Criterion criterion, Aggregation aggregation, double lambda) {
    static final OperatorSource SOURCE = OperatorSource.of(RrClarcLoss.class, "rr_clarc.py");

    /**
     * A batch run up to its logits. With graph.
     *
     * @param logits {@code [n, classes]}
     * @param at value that the penalty differentiates by
     * @param along concept vectors {@code [K, d]} at the probe, or tangents {@code [n, K, size]}
     */
    record Reading(NDArray logits, NDArray at, NDArray along) {
        /** Tangents have an axis of samples. */
        boolean alongTangents() {
            return along.getShape().dimension() == 3;
        }
    }

    /**
     * Returns the terms of a batch.
     *
     * @param y labels {@code [n]} int64
     * @param weights of the classes
     * @param signs {@code [n, classes]}
     */
    Terms terms(NDManager unit, Reading reading, NDArray y, NDArray weights, NDArray signs) {
        NDArray crossEntropy = operators.crossEntropy(unit, reading.logits(), y, weights);
        NDArray scalar =
                operators.callOne(
                        criterion.function(),
                        Operands.in(unit).tensor(reading.logits()).tensor(signs));
        NDArray penalty =
                operators.callOne(
                        aggregation.function(reading.alongTangents()),
                        Operands.in(unit)
                                .tensor(scalar)
                                .tensor(reading.at())
                                .tensor(reading.along()));
        NDArray loss = operators.weightedSum(unit, new NDList(crossEntropy, penalty), 1, lambda);
        return new Terms(loss, Map.of("cross_entropy", crossEntropy, "penalty", penalty));
    }
}
