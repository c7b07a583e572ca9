package org.plumbline.core.tensor;

import java.util.Arrays;
import java.util.List;

/**
 * Floats with a shape on the heap, row-major. Confined to its owner: the array is not copied, so
 * whoever hands one over gives it away.
 */
public final class FloatTensor {
    private final long[] shape;
    private final float[] values;

    private FloatTensor(long[] shape, float[] values) {
        this.shape = shape;
        this.values = values;
    }

    /**
     * Returns a tensor over {@code values}, which is not copied.
     *
     * @throws IllegalArgumentException if {@code values} does not fill {@code shape}
     */
    public static FloatTensor of(float[] values, long... shape) {
        if (size(shape) != values.length) {
            throw new IllegalArgumentException(
                    "values: " + values.length + " (expected: " + Arrays.toString(shape) + ")");
        }
        return new FloatTensor(shape.clone(), values);
    }

    /** Returns a tensor of zeros. */
    public static FloatTensor zeros(long... shape) {
        return new FloatTensor(shape.clone(), new float[Math.toIntExact(size(shape))]);
    }

    /** Returns the number of values a shape holds. */
    public static long size(long... shape) {
        long size = 1;
        for (long extent : shape) {
            size = Math.multiplyExact(size, extent);
        }
        return size;
    }

    /** Returns a copy of the shape. */
    public long[] shape() {
        return shape.clone();
    }

    /** Returns the extent of one axis. */
    public int extent(int axis) {
        return Math.toIntExact(shape[axis]);
    }

    /** Returns the number of axes. */
    public int rank() {
        return shape.length;
    }

    /** Returns the number of rows, the extent of axis 0. */
    public int rows() {
        return extent(0);
    }

    /** Returns the number of values in one row. */
    public int rowSize() {
        return shape[0] == 0 ? 0 : Math.toIntExact(values.length / shape[0]);
    }

    /** Returns the values themselves, row-major. */
    public float[] values() {
        return values;
    }

    /** Returns a copy of rows {@code from} (inclusive) to {@code to} (exclusive). */
    public FloatTensor slice(int from, int to) {
        long[] sliced = shape.clone();
        sliced[0] = (long) to - from;
        return new FloatTensor(
                sliced, Arrays.copyOfRange(values, from * rowSize(), to * rowSize()));
    }

    /** Returns a copy of the named rows, in the given order. */
    public FloatTensor rows(int... rows) {
        int size = rowSize();
        long[] picked = shape.clone();
        picked[0] = rows.length;
        float[] out = new float[Math.multiplyExact(rows.length, size)];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(values, rows[i] * size, out, i * size, size);
        }
        return new FloatTensor(picked, out);
    }

    /**
     * Returns the rows of all parts, in order.
     *
     * @param parts at least one, {@code [n_i, ...]} alike behind the first axis
     * @throws IllegalArgumentException if there is none or a row differs in shape
     */
    public static FloatTensor concat(List<FloatTensor> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("parts: none (expected: at least one)");
        }
        long[] shape = parts.get(0).shape();
        shape[0] = 0;
        for (FloatTensor part : parts) {
            long[] own = part.shape();
            if (own.length != shape.length
                    || !Arrays.equals(own, 1, own.length, shape, 1, shape.length)) {
                throw new IllegalArgumentException(
                        "part: " + part + " (expected: rows as in " + parts.get(0) + ")");
            }
            shape[0] += own[0];
        }
        FloatTensor whole = zeros(shape);
        int at = 0;
        for (FloatTensor part : parts) {
            System.arraycopy(part.values, 0, whole.values, at, part.values.length);
            at += part.values.length;
        }
        return whole;
    }

    /**
     * Returns tensors of one shape along a new first axis.
     *
     * @param parts at least one
     * @throws IllegalArgumentException if there is none or a shape differs
     */
    public static FloatTensor stack(List<FloatTensor> parts) {
        return concat(parts.stream().map(FloatTensor::asRow).toList());
    }

    private FloatTensor asRow() {
        long[] row = new long[shape.length + 1];
        row[0] = 1;
        System.arraycopy(shape, 0, row, 1, shape.length);
        return new FloatTensor(row, values);
    }

    /** Returns the place of the largest value in a row; ties go to the first. */
    public int largest(int row) {
        int size = rowSize();
        int best = 0;
        for (int i = 1; i < size; i++) {
            if (values[row * size + i] > values[row * size + best]) {
                best = i;
            }
        }
        return best;
    }

    /** Returns row {@code row} as a vector, whatever the shape of a row. */
    public DenseVector row(int row) {
        int size = rowSize();
        return DenseVector.copyOf(Arrays.copyOfRange(values, row * size, (row + 1) * size));
    }

    /** Returns whether shape and every bit of the values are equal. */
    public boolean sameValues(FloatTensor other) {
        return Arrays.equals(shape, other.shape) && Arrays.equals(values, other.values);
    }

    @Override
    public String toString() {
        return "FloatTensor" + Arrays.toString(shape);
    }
}
