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
     * @param at value that the penalty differentiates by; the logits themselves where they move
     *     along the concepts by the same amount at every sample
     * @param along concept vectors {@code [K, d]} at the probe, or tangents {@code [n, K, size]} or
     *     {@code [1, K, size]}
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
        NDList terms =
                operators.call(
                        "plumbline_rr_clarc_total",
                        Operands.in(unit)
                                .tensor(reading.logits())
                                .tensor(y)
                                .tensor(weights)
                                .tensor(penalty)
                                .number(lambda));
        return new Terms(terms.get(0), Map.of("cross_entropy", terms.get(1), "penalty", penalty));
    }
}
