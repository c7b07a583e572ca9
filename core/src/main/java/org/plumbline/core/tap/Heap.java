package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Collection;

/** Float arrays between native memory and the heap. */
public final class Heap {
    private Heap() {}

    /** Returns the values of a float32 array. */
    public static FloatTensor copy(NDArray array) {
        return FloatTensor.of(array.toFloatArray(), array.getShape().getShape());
    }

    /** Returns a native copy that hangs on a unit. */
    public static NDArray back(NDManager unit, FloatTensor values) {
        return unit.create(values.values(), new Shape(values.shape()));
    }

    /** Returns native copies that hang on a unit. */
    public static NDList back(NDManager unit, Collection<FloatTensor> values) {
        NDList arrays = new NDList();
        values.forEach(v -> arrays.add(back(unit, v)));
        return arrays;
    }
}
