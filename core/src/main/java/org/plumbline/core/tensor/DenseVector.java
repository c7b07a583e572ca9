package org.plumbline.core.tensor;

import java.util.Arrays;

/** A vector of floats on the heap, shape {@code [d]}. Immutable. */
public final class DenseVector {
    private final float[] values;

    private DenseVector(float[] values) {
        this.values = values;
    }

    /** Returns a vector of the given components. */
    public static DenseVector copyOf(float... values) {
        return new DenseVector(values.clone());
    }

    /** Returns a vector of the given components rounded to float. */
    public static DenseVector copyOf(double[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return new DenseVector(rounded);
    }

    /** Returns the number of components, {@code d}. */
    public int dimension() {
        return values.length;
    }

    /** Returns component {@code i}. */
    public float at(int i) {
        return values[i];
    }

    /**
     * Returns the inner product, summed in double precision.
     *
     * @throws IllegalArgumentException if the dimensions differ
     */
    public double dot(DenseVector other) {
        if (other.values.length != values.length) {
            throw new IllegalArgumentException(
                    "dimension: " + other.values.length + " (expected: " + values.length + ")");
        }
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += (double) values[i] * other.values[i];
        }
        return sum;
    }

    /** Returns the Euclidean length. */
    public double norm() {
        return Math.sqrt(dot(this));
    }

    /** Returns the cosine of the angle to another vector, in [-1, 1]; NaN if either is zero. */
    public double cosine(DenseVector other) {
        return dot(other) / (norm() * other.norm());
    }

    /** Returns a copy of the components. */
    public float[] toArray() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DenseVector that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "DenseVector[" + values.length + "]";
    }
}
