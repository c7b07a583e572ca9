package org.plumbline.core.fairwashing;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What removed pixels are replaced by: the mean of the nearest clean inputs that the model puts in
 * other classes. It keeps the picture near the data, where blanks and noise would not, and holds no
 * evidence for the input's class. Borrows its arrays; thread-safe.
 */
public final class NeighbourFill {
    /** Neighbours averaged. */
    public static final int NEIGHBOURS = 8;

    private final ReferencePoints reference;
    private final FloatTensor points;
    private final long[] classes;

    /**
     * Takes clean inputs.
     *
     * @param points {@code [m, c, h, w]}
     * @param classes what the model predicts for each
     * @throws org.plumbline.core.error.AuditException {@code BAD_DATA} if unequal in number
     */
    public NeighbourFill(FloatTensor points, long[] classes) {
        reference = ReferencePoints.byClass(points, classes);
        this.points = points;
        this.classes = classes.clone();
    }

    /** Returns the number of clean inputs. */
    int size() {
        return classes.length;
    }

    /**
     * Returns the replacement of one input; empty if no clean input has another class.
     *
     * @param inputs {@code [n, c, h, w]}
     * @param klass predicted class of the input
     * @return {@code [c h w]} values
     */
    public Optional<float[]> of(FloatTensor inputs, int row, long klass) {
        TreeSet<Long> others = new TreeSet<>(Arrays.stream(classes).boxed().toList());
        others.remove(klass);
        int[] nearest =
                others.stream()
                        .flatMap(other -> nearest(inputs, row, other).stream())
                        .sorted(Comparator.comparingDouble(Neighbour::distance))
                        .limit(NEIGHBOURS)
                        .mapToInt(Neighbour::row)
                        .toArray();
        return nearest.length == 0 ? Optional.empty() : Optional.of(mean(nearest));
    }

    private record Neighbour(int row, double distance) {}

    private List<Neighbour> nearest(FloatTensor inputs, int row, long other) {
        int members = (int) Arrays.stream(classes).filter(k -> k == other).count();
        Neighbourhood found =
                reference.nearest(
                        inputs.values(),
                        row * inputs.rowSize(),
                        Math.min(NEIGHBOURS, members),
                        Optional.of(other));
        int[] rows = found.rows();
        double[] distances = found.distances();
        return IntStream.range(0, rows.length)
                .mapToObj(i -> new Neighbour(rows[i], distances[i]))
                .toList();
    }

    private float[] mean(int[] rows) {
        float[] mean = new float[points.rowSize()];
        for (int row : rows) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += points.values()[row * mean.length + i] / rows.length;
            }
        }
        return mean;
    }
}
