package org.plumbline.core.heatmap;

import org.plumbline.core.tensor.FloatTensor;

/** One grid of values read at any place. Borrows the array it looks at. Confined to its owner. */
final class Plane {
    private final int height;
    private final int width;
    private final float[] values;
    private final int offset;

    private Plane(int height, int width, float[] values, int offset) {
        this.height = height;
        this.width = width;
        this.values = values;
        this.offset = offset;
    }

    /** Returns row {@code row} of maps {@code [n, h, w]}. */
    static Plane of(FloatTensor maps, int row) {
        return new Plane(maps.extent(1), maps.extent(2), maps.values(), row * maps.rowSize());
    }

    /** Returns a plane over values of its own, row-major. */
    static Plane of(int height, int width, float... values) {
        return new Plane(height, width, values, 0);
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    int size() {
        return height * width;
    }

    /** Returns the value at index {@code i}, row-major. */
    float at(int i) {
        return values[offset + i];
    }

    /** Returns the value of the cell that holds a place; cell (0, 0) spans [0, 1) × [0, 1). */
    double nearest(double y, double x) {
        return cell((int) Math.floor(y), (int) Math.floor(x));
    }

    /** Returns the value between cell centres; NaN if one that counts is not finite. */
    double bilinear(double y, double x) {
        double v = Math.max(0, Math.min(height - 1, y - 0.5));
        double u = Math.max(0, Math.min(width - 1, x - 0.5));
        int top = (int) v;
        int left = (int) u;
        return mix(
                mix(cell(top, left), cell(top, left + 1), u - left),
                mix(cell(top + 1, left), cell(top + 1, left + 1), u - left),
                v - top);
    }

    private static double mix(double from, double to, double share) {
        return share == 0 ? from : from + share * (to - from);
    }

    private double cell(int y, int x) {
        int row = Math.max(0, Math.min(height - 1, y));
        int column = Math.max(0, Math.min(width - 1, x));
        return values[offset + row * width + column];
    }
}
