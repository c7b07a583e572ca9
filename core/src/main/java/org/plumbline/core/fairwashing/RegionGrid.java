package org.plumbline.core.fairwashing;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Pictures cut into {@code 7 x 7} cells, or as many as there are pixels; a region is a sixth of
 * them, rounded down to whole cells. Regions rather than pixels: a hole of single pixels leaves the
 * data whatever it is filled with. Immutable.
 */
record RegionGrid(int height, int width) {
    private static final int SIDE = 7;
    private static final int SHARE = 6;

    int rows() {
        return Math.min(SIDE, height);
    }

    int columns() {
        return Math.min(SIDE, width);
    }

    int cells() {
        return rows() * columns();
    }

    /** Returns the number of cells in a region, at least 1. */
    int regionSize() {
        return Math.max(1, cells() / SHARE);
    }

    /** Returns the cell of a pixel {@code y * width + x}. */
    int cell(int pixel) {
        int y = pixel / width;
        int x = pixel % width;
        return y * rows() / height * columns() + x * columns() / width;
    }

    /** Returns the cells with the largest sums of a map, as flags. */
    boolean[] mostRelevant(FloatTensor maps, int row) {
        double[] sums = new double[cells()];
        int size = maps.rowSize();
        for (int p = 0; p < size; p++) {
            sums[cell(p)] += maps.values()[row * size + p];
        }
        return flags(
                IntStream.range(0, sums.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> -sums[i]))
                        .limit(regionSize())
                        .mapToInt(Integer::intValue)
                        .toArray());
    }

    /** Returns as many cells drawn without replacement. */
    boolean[] drawn(SplittableRandom random) {
        int[] order = IntStream.range(0, cells()).toArray();
        for (int i = 0; i < regionSize(); i++) {
            int j = random.nextInt(i, order.length);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return flags(IntStream.range(0, regionSize()).map(i -> order[i]).toArray());
    }

    private boolean[] flags(int[] chosen) {
        boolean[] flags = new boolean[cells()];
        for (int cell : chosen) {
            flags[cell] = true;
        }
        return flags;
    }
}
