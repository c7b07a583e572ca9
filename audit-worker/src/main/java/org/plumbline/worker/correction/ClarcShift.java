package org.plumbline.worker.correction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.OperatorSource;
import org.plumbline.core.tensor.DenseVector;

/**
 * A layer's value moved along a concept to one level: {@code a + ((level - l(a)) / (h.h + 1e-6)) h}
 * at every location, {@code l(a)} the projection of the pooled channels.
 *
 * @param direction {@code h [d]}
 * @param maximum whether channels are pooled by maximum, else by mean
 */
record ClarcShift(DenseVector direction, double level, boolean maximum) {
    static final OperatorSource SOURCE = OperatorSource.of(ClarcShift.class, "clarc.py");

    /** Returns the moved value, hanging on a unit. */
    NDArray of(NativeOperators operators, NDManager unit, NDArray activation) {
        return operators.callOne(
                "plumbline_clarc",
                Operands.in(unit)
                        .tensor(activation)
                        .tensor(unit.create(direction.toArray()))
                        .numbers(level, maximum ? 1 : 0));
    }
}
