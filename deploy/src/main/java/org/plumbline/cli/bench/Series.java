package org.plumbline.cli.bench;

import java.util.Arrays;
import java.util.function.DoubleConsumer;

/** Measured values of one kind in the order they came. Confined to one thread. */
final class Series {
    private double[] values = new double[64];
    private int size;

    void add(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    void forEach(DoubleConsumer use) {
        Arrays.stream(values, 0, size).forEach(use);
    }

    int size() {
        return size;
    }

    double median() {
        return quantile(0.5);
    }

    double max() {
        return quantile(1);
    }

    /** Returns the value below which a share of the values lies, between neighbours linearly. */
    double quantile(double share) {
        if (size == 0) {
            return Double.NaN;
        }
        double[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        double at = share * (size - 1);
        int below = (int) at;
        int above = Math.min(below + 1, size - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
