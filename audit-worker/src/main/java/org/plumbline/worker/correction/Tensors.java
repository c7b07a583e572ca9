package org.plumbline.worker.correction;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Map;

/** Values of parameters on the heap. */
final class Tensors {
    private Tensors() {}

    /** Returns a value that must be there. */
    static FloatTensor of(Map<String, FloatTensor> state, String name) {
        FloatTensor value = state.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "tensor: " + name + " (expected: one of " + state.keySet() + ")");
        }
        return value;
    }

    /** Returns a copy times a number. */
    static FloatTensor scaled(FloatTensor tensor, double factor) {
        float[] values = tensor.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * factor);
        }
        return FloatTensor.of(values, tensor.shape());
    }
}
