package org.plumbline.core.tap;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.List;

/**
 * An update rule over some live tensors, parameters of one or several models or any others, with
 * its moments. Confined to one thread; owns native memory.
 */
public final class Updater implements AutoCloseable {
    private final NativeOperators operators;
    private final UpdateRule rule;
    private final NDList parameters;
    private final NDManager manager;
    private final NDList moments = new NDList();
    private long step;

    /**
     * Makes an optimiser at step 0 with zero moments.
     *
     * @param parameters live tensors, float32; borrowed for its life
     */
    public Updater(NativeOperators operators, UpdateRule rule, NDList parameters) {
        this.operators = operators;
        this.rule = rule;
        this.parameters = parameters;
        this.manager = operators.newUnit();
        for (int i = 0; i < rule.moments(); i++) {
            parameters.forEach(p -> moments.add(manager.zeros(p.getShape(), p.getDataType())));
        }
    }

    /** Returns what it updates, in the order gradients must have. */
    public NDList parameters() {
        return parameters;
    }

    /**
     * Updates the parameters in place.
     *
     * @param gradients one for each parameter; borrowed
     * @param rate learning rate of this step
     */
    public void update(NDManager unit, NDList gradients, double rate) {
        step++;
        boolean sgd = rule instanceof UpdateRule.Sgd;
        Operands operands = Operands.in(unit).list(parameters).list(gradients).list(moments);
        operators.call(sgd ? "plumbline_sgd" : "plumbline_adam", operands.numbers(numbers(rate)));
    }

    private double[] numbers(double rate) {
        if (rule instanceof UpdateRule.Sgd sgd) {
            return new double[] {rate, sgd.weightDecay(), sgd.momentum(), sgd.nesterov() ? 1 : 0};
        } else if (rule instanceof UpdateRule.Adam adam) {
            double first = 1 - Math.pow(adam.beta1(), (double) step);
            double second = 1 - Math.pow(adam.beta2(), (double) step);
            return new double[] {
                rate / first,
                adam.weightDecay(),
                adam.beta1(),
                adam.beta2(),
                Math.sqrt(second),
                adam.epsilon()
            };
        }
        throw new IllegalStateException("the interface is sealed");
    }

    /**
     * Where an optimiser is. Immutable.
     *
     * @param step updates done
     * @param moments first ones of all parameters, then second ones
     */
    public record Snapshot(long step, List<FloatTensor> moments) {
        /** Copies the list. */
        public Snapshot {
            moments = List.copyOf(moments);
        }
    }

    /** Returns where it is. */
    public Snapshot snapshot() {
        List<FloatTensor> values = new ArrayList<>();
        moments.forEach(m -> values.add(Heap.copy(m)));
        return new Snapshot(step, values);
    }

    /** Goes on where another of the same rule and parameters was. */
    public void restore(Snapshot snapshot) {
        try (NDManager unit = operators.newUnit()) {
            operators.assign(unit, moments, Heap.back(unit, snapshot.moments()));
        }
        step = snapshot.step();
    }

    @Override
    public void close() {
        manager.close();
    }
}
