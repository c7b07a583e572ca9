package org.plumbline.plugin.delivery;

import org.plumbline.core.significance.RandomCavs;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.List;

/** Gathers the pooled examples of a layer's concepts and splits them by chance. One thread. */
final class RandomPool {
    private final List<FloatTensor> groups = new ArrayList<>();
    private int positives = Integer.MAX_VALUE;
    private int negatives = Integer.MAX_VALUE;

    /** Adds a concept's examples {@code [n, d]} and {@code [m, d]}. */
    void add(FloatTensor with, FloatTensor without) {
        groups.add(with);
        groups.add(without);
        positives = Math.min(positives, with.rows());
        negatives = Math.min(negatives, without.rows());
    }

    /**
     * Draws unit directions: splits of all examples, in the sizes of the smallest concept. With one
     * concept they are exactly the splits its labels are one of.
     *
     * @throws org.plumbline.core.error.AuditException {@code BAD_DATA} if a split has equal means
     */
    List<DenseVector> draw(int count, long seed) {
        FloatTensor directions =
                RandomCavs.ofSplits(all(), positives, negatives, count, seed).directions();
        List<DenseVector> drawn = new ArrayList<>(count);
        for (int r = 0; r < count; r++) {
            drawn.add(directions.row(r));
        }
        return drawn;
    }

    private FloatTensor all() {
        int rows = groups.stream().mapToInt(FloatTensor::rows).sum();
        int d = groups.get(0).rowSize();
        float[] values = new float[Math.multiplyExact(rows, d)];
        int at = 0;
        for (FloatTensor group : groups) {
            System.arraycopy(group.values(), 0, values, at, group.values().length);
            at += group.values().length;
        }
        return FloatTensor.of(values, rows, d);
    }
}
