package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * Arguments of an operator, in order. Arrays are borrowed, but their names are ours: the engine
 * groups lists by them. Confined to one thread.
 */
public final class Operands {
    private final NDManager unit;
    private final NDList arguments = new NDList();
    private int lists;

    private Operands(NDManager unit) {
        this.unit = unit;
    }

    /** Begins arguments of a call whose results hang on a unit. */
    public static Operands in(NDManager unit) {
        return new Operands(unit);
    }

    /** Adds a {@code Tensor}. */
    public Operands tensor(NDArray array) {
        array.setName(null);
        arguments.add(array);
        return this;
    }

    /**
     * Adds a {@code List[Tensor]}.
     *
     * @param arrays at least one: the engine's Java side has no empty lists
     */
    public Operands list(NDList arrays) {
        if (arrays.isEmpty()) {
            throw new IllegalArgumentException("list: empty (expected: tensors)");
        }
        String name = "list" + lists++ + "[]";
        arrays.forEach(array -> array.setName(name));
        arguments.addAll(arrays);
        return this;
    }

    /** Adds a {@code Tensor} that holds one float64; TorchScript reads it with {@code float}. */
    public Operands number(double value) {
        arguments.add(unit.create(value));
        return this;
    }

    /** Adds a {@code Tensor} of float64 {@code [n]}. */
    public Operands numbers(double... values) {
        arguments.add(unit.create(values));
        return this;
    }

    /** Adds a {@code Tensor} of int64 {@code [n]}. */
    public Operands wholes(long... values) {
        arguments.add(unit.create(values));
        return this;
    }

    NDManager unit() {
        return unit;
    }

    NDList arguments() {
        return arguments;
    }
}
