package org.plumbline.plugin.delivery;

import org.plumbline.core.significance.RandomCavs;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Gathers the pooled examples of a layer's concepts and splits them by chance. Each group is moved
 * to mean zero first: were the concept's own difference among what is split, most random CAVs would
 * lie along it and no concept could stand out from them. If labels mean nothing the group means
 * agree and nothing changes but for terms of one over the number of examples, so the test is exact
 * in the limit of many. Confined to one thread.
 */
final class RandomPool {
    private final List<FloatTensor> groups = new ArrayList<>();
    private int positives = Integer.MAX_VALUE;
    private int negatives = Integer.MAX_VALUE;

    /** Adds a concept's examples {@code [n, d]} and {@code [m, d]}. */
    void add(FloatTensor with, FloatTensor without) {
        groups.add(centred(with));
        groups.add(centred(without));
        positives = Math.min(positives, with.rows());
        negatives = Math.min(negatives, without.rows());
    }

    /**
     * Draws unit directions: splits of all examples, in the sizes of the smallest concept.
     *
     * @throws org.plumbline.core.error.AuditException {@code BAD_DATA} if a split has equal means
     */
    List<DenseVector> draw(int count, long seed) {
        FloatTensor directions =
                RandomCavs.ofSplits(FloatTensor.concat(groups), positives, negatives, count, seed)
                        .directions();
        List<DenseVector> drawn = new ArrayList<>(count);
        for (int r = 0; r < count; r++) {
            drawn.add(directions.row(r));
        }
        return drawn;
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
