package org.plumbline.plugin.delivery;

import org.plumbline.core.significance.RandomCavs;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Gathers the pooled examples of a layer's concepts and splits them by chance. Each group is moved
 * to mean zero first: were the concept's own difference among what is split, most random CAVs would
 * lie along it and no concept could stand out from them. An example that several concepts share
 * counts once. Confined to one thread.
 *
 * <p>What is left, n examples in g groups, spans n - g {@link Draw#degrees} of freedom. For normal
 * activations the difference of two group means is independent of these residuals, so sensitivities
 * along the random CAVs know the spread of a meaningless concept's sensitivity as an estimate with
 * that many degrees; the t-test has to allow for them, see {@link
 * org.plumbline.core.significance.SequentialStudentTest}.
 */
final class RandomPool {
    private final List<FloatTensor> groups = new ArrayList<>();
    private final Set<Long> seen = new HashSet<>();
    private int positives = Integer.MAX_VALUE;
    private int negatives = Integer.MAX_VALUE;
    private int rows;

    /** Adds a concept's examples {@code [n, d]} and {@code [m, d]}. */
    void add(FloatTensor with, FloatTensor without) {
        addGroup(with);
        addGroup(without);
        positives = Math.min(positives, with.rows());
        negatives = Math.min(negatives, without.rows());
    }

    private void addGroup(FloatTensor group) {
        FloatTensor moved = centred(group);
        int[] fresh =
                IntStream.range(0, group.rows())
                        .filter(i -> seen.add(fingerprint(group, i)))
                        .toArray();
        if (fresh.length > 0) {
            groups.add(moved.rows(fresh));
            rows += fresh.length;
        }
    }

    /** Returns the degrees of freedom of what is split, at least 1. */
    private int degrees() {
        return Math.max(1, rows - groups.size());
    }

    /**
     * Draws unit directions: splits of all examples, in the sizes of the smallest concept, or in
     * their proportion where fewer distinct examples are left.
     *
     * @param count 0 for none
     * @throws org.plumbline.core.error.AuditException {@code BAD_DATA} if a split has equal means
     */
    Draw draw(int count, long seed) {
        if (count == 0) {
            return new Draw(List.of(), degrees());
        }
        int with = Math.min(positives, Math.max(1, rows * positives / (positives + negatives)));
        int without = Math.min(negatives, rows - with);
        FloatTensor directions =
                RandomCavs.ofSplits(FloatTensor.concat(groups), with, without, count, seed)
                        .directions();
        List<DenseVector> drawn = new ArrayList<>(count);
        for (int r = 0; r < count; r++) {
            drawn.add(directions.row(r));
        }
        return new Draw(drawn, degrees());
    }

    /**
     * Random directions. Immutable.
     *
     * @param directions unit vectors {@code [d]}
     * @param degrees of freedom that the examples leave to the spread along them, at least 1
     */
    record Draw(List<DenseVector> directions, int degrees) {
        Draw {
            directions = List.copyOf(directions);
        }
    }

    /** 64 bits of a row, FNV-1a over its components. */
    private static long fingerprint(FloatTensor group, int row) {
        int d = group.rowSize();
        long hash = 0xCBF29CE484222325L;
        for (int c = row * d; c < (row + 1) * d; c++) {
            hash = (hash ^ Float.floatToIntBits(group.values()[c])) * 0x100000001B3L;
        }
        return hash;
    }

    private static FloatTensor centred(FloatTensor group) {
        int d = group.rowSize();
        int n = group.rows();
        double[] mean = new double[d];
        float[] values = group.values();
        for (int i = 0; i < values.length; i++) {
            mean[i % d] += values[i] / (double) n;
        }
        float[] moved = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            moved[i] = (float) (values[i] - mean[i % d]);
        }
        return FloatTensor.of(moved, n, d);
    }
}
