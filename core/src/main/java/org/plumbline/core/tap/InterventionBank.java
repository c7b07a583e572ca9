package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Interventions {@code [J]} in native memory, shared by all calls. Thread-safe. */
public final class InterventionBank implements AutoCloseable {
    private final CavBank directions;
    private final NDList numbers;

    private InterventionBank(CavBank directions, NDList numbers) {
        this.directions = directions;
        this.numbers = numbers;
    }

    /** Takes over a manager; it is closed if the directions do not fit. */
    static InterventionBank of(NDManager manager, List<Intervention> interventions) {
        CavBank directions =
                CavBank.of(manager, interventions.stream().map(Intervention::direction).toList());
        return new InterventionBank(
                directions,
                new NDList(
                        numbers(manager, interventions, Intervention::level),
                        numbers(manager, interventions, Intervention::strength),
                        numbers(manager, interventions, i -> i.maximum() ? 1 : 0)));
    }

    private static NDArray numbers(
            NDManager manager, List<Intervention> all, ToDoubleFunction<Intervention> number) {
        float[] values = new float[all.size()];
        for (int j = 0; j < values.length; j++) {
            values[j] = (float) number.applyAsDouble(all.get(j));
        }
        return manager.create(values);
    }

    /** Returns the number of interventions, {@code J}. */
    public int size() {
        return directions.concepts();
    }

    /** Returns directions, levels, strengths and poolings. */
    NDList arrays() {
        NDList arrays = new NDList(directions.array());
        arrays.addAll(numbers);
        return arrays;
    }

    @Override
    public void close() {
        directions.close();
    }
}
