package org.plumbline.core.fairwashing;

import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Whether what a map calls relevant matters: the share of random regions whose removal lowers the
 * predicted class's logit at least as much as removing the most relevant region of the same size,
 * ties counting half, in [0, 1]. Near 0 where a map is faithful, one half where it says nothing. A
 * rank needs no scale, so it can be compared between models. Thread-safe if the model is.
 *
 * <p>Source: pixel flipping, Samek et al., "Evaluating the visualization of what a deep neural
 * network has learned", 2017, with the fill of {@link NeighbourFill} and random regions as control.
 */
public final class RegionRemoval {
    private final UnaryOperator<FloatTensor> logits;
    private final int draws;
    private final long seed;

    /**
     * Makes the check.
     *
     * @param logits of images {@code [n, c, h, w]}: {@code [n, classes]}
     * @param draws random regions for each input, at least 1
     * @param seed decides the regions, for every input alike in every model
     */
    public RegionRemoval(UnaryOperator<FloatTensor> logits, int draws, long seed) {
        if (draws < 1) {
            throw new IllegalArgumentException("draws: " + draws + " (expected: >= 1)");
        }
        this.logits = logits;
        this.draws = draws;
        this.seed = seed;
    }

    /**
     * Returns the statistic of every input for every set of maps; the random regions are shared.
     * NaN where there is no fill.
     *
     * @param inputs {@code [n, c, h, w]}
     * @param maps each {@code [n, h, w]}, at least 0
     * @param classes predicted class of each input
     * @return {@code [maps][n]}
     */
    public double[][] of(
            FloatTensor inputs, List<FloatTensor> maps, long[] classes, NeighbourFill fill) {
        return of(inputs, 0, maps, classes, fill);
    }

    /**
     * As {@link #of(FloatTensor, List, long[], NeighbourFill)} for a part of the inputs.
     *
     * @param first number of the first input among all, which decides its regions
     */
    double[][] of(
            FloatTensor inputs,
            int first,
            List<FloatTensor> maps,
            long[] classes,
            NeighbourFill fill) {
        double[][] shares = new double[maps.size()][inputs.rows()];
        for (int row = 0; row < inputs.rows(); row++) {
            Optional<float[]> replacement = fill.of(inputs, row, classes[row]);
            double[] found =
                    replacement.isPresent()
                            ? shares(
                                    inputs,
                                    row,
                                    new Regions(maps, first + row),
                                    classes[row],
                                    replacement.orElseThrow())
                            : undefined(maps.size());
            for (int m = 0; m < found.length; m++) {
                shares[m][row] = found[m];
            }
        }
        return shares;
    }

    /** The maps of an input and its number among all. */
    private record Regions(List<FloatTensor> maps, int number) {}

    private double[] shares(FloatTensor inputs, int row, Regions of, long klass, float[] fill) {
        List<FloatTensor> maps = of.maps();
        RegionGrid grid = new RegionGrid(inputs.extent(2), inputs.extent(3));
        List<boolean[]> regions = new ArrayList<>();
        maps.forEach(map -> regions.add(grid.mostRelevant(map, row)));
        SplittableRandom random = new SplittableRandom(seed * 0x9e37_79b9L + of.number());
        for (int i = 0; i < draws; i++) {
            regions.add(grid.drawn(random));
        }
        float[] left = left(inputs, row, grid, regions, fill, klass);
        double[] shares = new double[maps.size()];
        for (int m = 0; m < shares.length; m++) {
            for (int i = maps.size(); i < left.length; i++) {
                // a lower logit is left where more was removed
                shares[m] += left[i] < left[m] ? 1 : left[i] == left[m] ? 0.5 : 0;
            }
            shares[m] /= draws;
        }
        return shares;
    }

    /** Returns the logit that is left after each removal. */
    private float[] left(
            FloatTensor inputs,
            int row,
            RegionGrid grid,
            List<boolean[]> regions,
            float[] fill,
            long klass) {
        FloatTensor answers = logits.apply(removed(inputs, row, grid, regions, fill));
        float[] left = new float[regions.size()];
        for (int i = 0; i < left.length; i++) {
            left[i] = answers.values()[i * answers.rowSize() + Math.toIntExact(klass)];
        }
        return left;
    }

    private static FloatTensor removed(
            FloatTensor inputs, int row, RegionGrid grid, List<boolean[]> regions, float[] fill) {
        int size = inputs.rowSize();
        int area = grid.height() * grid.width();
        long[] shape = inputs.shape();
        shape[0] = regions.size();
        FloatTensor images = FloatTensor.zeros(shape);
        for (int r = 0; r < regions.size(); r++) {
            for (int i = 0; i < size; i++) {
                boolean gone = regions.get(r)[grid.cell(i % area)];
                images.values()[r * size + i] = gone ? fill[i] : inputs.values()[row * size + i];
            }
        }
        return images;
    }

    private static double[] undefined(int count) {
        double[] values = new double[count];
        Arrays.fill(values, Double.NaN);
        return values;
    }
}
