package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tensor.FloatTensor;

import java.nio.FloatBuffer;
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

    /**
     * Returns a native copy of some rows that hangs on a unit; on a CPU they are written where the
     * engine reads them, without a copy between.
     *
     * @param values {@code [n, ...]}
     * @param rows any number of them, in any order
     * @return {@code [rows, ...]}
     */
    public static NDArray rows(NDManager unit, FloatTensor values, int... rows) {
        if (unit.getDevice().isGpu()) {
            return back(unit, values.rows(rows));
        }
        long[] shape = values.shape();
        shape[0] = rows.length;
        NDArray array = unit.create(new Shape(shape), DataType.FLOAT32);
        FloatBuffer memory = array.toByteBuffer(true).asFloatBuffer();
        int size = values.rowSize();
        for (int row : rows) {
            memory.put(values.values(), row * size, size);
        }
        return array;
    }

    /** Returns native copies that hang on a unit. */
    public static NDList back(NDManager unit, Collection<FloatTensor> values) {
        NDList arrays = new NDList();
        values.forEach(v -> arrays.add(back(unit, v)));
        return arrays;
    }
}
