package org.plumbline.core.fairwashing;

import java.util.Arrays;

/**
 * The rows nearest to a point, sorted by distance; ties go to the lower row. Filled once, then
 * immutable.
 */
public final class Neighbourhood {
    private final int[] rows;
    private final double[] squares;
    private int size;

    Neighbourhood(int most) {
        rows = new int[most];
        squares = new double[most];
    }

    /** Returns the squared distance beyond which nothing is taken any more. */
    double reach() {
        return size < rows.length ? Double.POSITIVE_INFINITY : squares[size - 1];
    }

    void offer(int row, double square) {
        if (!(square < reach())) {
            return;
        }
        int at = size < rows.length ? size++ : size - 1;
        while (at > 0 && squares[at - 1] > square) {
            squares[at] = squares[at - 1];
            rows[at] = rows[at - 1];
            at--;
        }
        squares[at] = square;
        rows[at] = row;
    }

    /** Returns the rows, nearest first. */
    public int[] rows() {
        return Arrays.copyOf(rows, size);
    }

    /** Returns Euclidean distances, ascending. */
    public double[] distances() {
        return Arrays.stream(squares, 0, size).map(Math::sqrt).toArray();
    }
}
