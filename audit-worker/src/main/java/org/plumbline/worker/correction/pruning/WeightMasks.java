package org.plumbline.worker.correction.pruning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Masks over weights of any model, without a change to its code: the masked weight is written into
 * the parameter in place.
 *
 * <p>The mask's gradient follows from the weight's. A model computes {@code L(V)} with the value
 * {@code V} that lies in the parameter; here {@code V = W * m} by entry, {@code W} dense and
 * constant. Wherever and however often {@code V} is used, the engine's gradient of the parameter is
 * {@code g = dL/dV}, so {@code dL/dm = g * W} by the chain rule. Straight through, {@code dm :=
 * dr}, with {@code r = sigmoid((l(pi) + noise) / t)}: {@code dr/dpi = r (1 - r) / t * l'(pi)}, and
 * {@code l' = s (1 - s)} with {@code s = sigmoid(pi)} for the published logit, else 1. Hence
 *
 * <pre>dL/dpi = g * W * r (1 - r) / t * l'(pi) + lambda</pre>
 *
 * with {@code lambda} the weight of the sparsity penalty {@code lambda sum(pi)}. That {@code g} is
 * taken at the masked weight matters: what a dropped weight would do is in it.
 *
 * <p>Memory beyond the model: two arrays of the size of the masked weights, {@code W} and {@code
 * pi}; Adam on {@code pi} adds two. The uniform variables are drawn again for the gradient rather
 * than kept, and the gradient is overwritten, so that a step adds the weights' gradient and what
 * one tensor needs. Confined to one thread; owns native memory, borrows the parameters.
 */
public final class WeightMasks implements AutoCloseable {
    private final NativeOperators operators;
    private final Gate gate;
    private final List<String> names;
    private final NDList weights;
    private final NDManager manager;
    private final NDList dense = new NDList();
    private final NDList logits = new NDList();

    /**
     * Takes the dense weights and makes logits of the gate's initial value.
     *
     * @param names attribute paths of the weights
     * @param weights live parameters in that order
     */
    public WeightMasks(NativeOperators operators, List<String> names, NDList weights, Gate gate) {
        if (names.size() != weights.size() || names.isEmpty()) {
            throw new IllegalArgumentException(
                    "weights: " + weights.size() + " (expected: " + names.size() + ", not 0)");
        }
        this.operators = operators;
        this.names = List.copyOf(names);
        this.weights = weights;
        this.gate = gate;
        manager = operators.newUnit();
        for (NDArray weight : weights) {
            dense.add(manager.zeros(weight.getShape(), weight.getDataType()));
            logits.add(
                    manager.full(weight.getShape(), (float) gate.initial(), weight.getDataType()));
        }
        try (NDManager unit = operators.newUnit()) {
            operators.assign(unit, dense, weights);
        }
    }

    /** Returns the live logits, in the order of the weights. */
    NDList logits() {
        return logits;
    }

    /** Returns the live weights. */
    NDList weights() {
        return weights;
    }

    /** Writes {@code W * m} into the parameters, {@code m} a new sample. */
    void sample(NDManager unit, GateNoise noise) {
        for (int i = 0; i < weights.size(); i++) {
            try (NDManager each = unit.newSubManager()) {
                operators.call("plumbline_gate_sample", operands(each, weights.get(i), i, noise));
            }
        }
    }

    /**
     * Returns the gradients of the logits.
     *
     * @param gradients of the parameters, at the sample of the same noise; overwritten
     * @param sparsity weight of the penalty on the sum of logits
     */
    NDList gradients(NDManager unit, NDList gradients, GateNoise noise, double sparsity) {
        for (int i = 0; i < weights.size(); i++) {
            try (NDManager each = unit.newSubManager()) {
                operators.call(
                        "plumbline_gate_gradient",
                        operands(each, gradients.get(i), i, noise, sparsity));
            }
        }
        return gradients;
    }

    private Operands operands(NDManager unit, NDArray first, int i, GateNoise noise) {
        return operands(unit, first, i, noise, 0);
    }

    private Operands operands(
            NDManager unit, NDArray first, int i, GateNoise noise, double sparsity) {
        NDArray pi = logits.get(i);
        return Operands.in(unit)
                .tensor(first)
                .tensor(dense.get(i))
                .tensor(pi)
                .tensor(noise.uniforms(unit, i, pi))
                .numbers(gate.temperature(), gate.legacy() ? 1 : 0, sparsity);
    }

    /** Returns {@code sum(pi)} over all weights, a scalar. */
    NDArray sum(NDManager unit) {
        return operators.callOne("plumbline_gate_sum", Operands.in(unit).list(logits));
    }

    /** Writes the dense weights back into the parameters. */
    public void writeDense() {
        try (NDManager unit = operators.newUnit()) {
            operators.assign(unit, weights, dense);
        }
    }

    /**
     * Returns the final masks {@code 1[pi >= 0]} as float32 0 and 1.
     *
     * @param unit scope they hang on
     */
    NDList fixed(NDManager unit) {
        NDList masks = new NDList();
        for (NDArray pi : logits) {
            masks.add(operators.callOne("plumbline_gate_fixed", Operands.in(unit).tensor(pi)));
        }
        return masks;
    }

    /** Returns how much each weight's final mask keeps. */
    public List<KeptWeights> kept() {
        List<KeptWeights> kept = new ArrayList<>();
        try (NDManager unit = operators.newUnit()) {
            NDList masks = fixed(unit);
            for (int i = 0; i < masks.size(); i++) {
                // float64: a float32 sum stops counting at 2^24
                double sum = masks.get(i).toType(DataType.FLOAT64, false).sum().toDoubleArray()[0];
                kept.add(
                        new KeptWeights(
                                names.get(i), Math.round(sum), masks.get(i).getShape().size()));
            }
        }
        return kept;
    }

    /** Returns copies of the logits. */
    List<FloatTensor> values() {
        return logits.stream().map(Heap::copy).toList();
    }

    /** Puts values of {@link #values} back. */
    void restore(List<FloatTensor> values) {
        try (NDManager unit = operators.newUnit()) {
            operators.assign(unit, logits, Heap.back(unit, values));
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
