package org.plumbline.core.fairwashing;

import org.plumbline.core.tensor.FloatTensor;

/**
 * Maps less their mean at length 1, so that the product of two is their Pearson correlation. A
 * constant map has no direction. Immutable.
 */
final class MapDirections {
    private final int size;
    private final double[] values;
    private final boolean[] present;

    private MapDirections(int size, double[] values, boolean[] present) {
        this.size = size;
        this.values = values;
        this.present = present;
    }

    /** Takes maps {@code [n, h, w]}. */
    static MapDirections of(FloatTensor maps) {
        int size = maps.rowSize();
        double[] values = new double[maps.values().length];
        boolean[] present = new boolean[maps.rows()];
        for (int row = 0; row < present.length; row++) {
            present[row] = centre(maps.values(), row * size, size, values);
        }
        return new MapDirections(size, values, present);
    }

    private static boolean centre(float[] map, int from, int size, double[] out) {
        double mean = 0;
        for (int i = from; i < from + size; i++) {
            mean += map[i] / (double) size;
        }
        double square = 0;
        for (int i = from; i < from + size; i++) {
            out[i] = map[i] - mean;
            square += out[i] * out[i];
        }
        double length = Math.sqrt(square);
        // below float32 rounding of the values themselves, a map is constant
        boolean usable = length > 1e-6 * Math.abs(mean) * Math.sqrt(size) && length < 1e300;
        for (int i = from; i < from + size; i++) {
            out[i] = usable ? out[i] / length : 0;
        }
        return usable;
    }

    int size() {
        return size;
    }

    int rows() {
        return present.length;
    }

    /** Returns whether a map has a direction. */
    boolean has(int row) {
        return present[row];
    }

    /** Returns the correlation of one map with the map of the same row of another set, or NaN. */
    double correlation(MapDirections other, int row) {
        if (!present[row] || !other.present[row]) {
            return Double.NaN;
        }
        double sum = 0;
        for (int i = row * size; i < (row + 1) * size; i++) {
            sum += values[i] * other.values[i];
        }
        return Math.max(-1, Math.min(1, sum));
    }

    /** Adds a direction to a sum. */
    void addTo(double[] sum, int row, double factor) {
        for (int i = 0; i < size; i++) {
            sum[i] += factor * values[row * size + i];
        }
    }

    /** Returns the product of a direction with a vector. */
    double dot(double[] vector, int row) {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += vector[i] * values[row * size + i];
        }
        return sum;
    }
}
