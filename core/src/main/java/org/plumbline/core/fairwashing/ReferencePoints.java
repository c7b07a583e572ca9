package org.plumbline.core.fairwashing;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Clean inputs that stand for the data manifold, by class where classes are known. Searched
 * exactly, point by point, stopping a point once it is farther than the neighbours found: an
 * approximate index would save milliseconds on the thousands of points a class has, and would make
 * the projector depend on the index. Borrows its arrays; immutable.
 */
public final class ReferencePoints {
    private static final int CHECKED_EVERY = 32;
    private static final long ANY = Long.MIN_VALUE;

    private final FloatTensor points;
    private final Map<Long, int[]> members;

    private ReferencePoints(FloatTensor points, Map<Long, int[]> members) {
        this.points = points;
        this.members = members;
    }

    /**
     * Takes inputs of unknown class.
     *
     * @param points {@code [m, ...]}, finite
     * @throws AuditException {@code BAD_DATA} if empty or not finite
     */
    public static ReferencePoints of(FloatTensor points) {
        requireUsable(points);
        int[] all = new int[points.rows()];
        Arrays.setAll(all, i -> i);
        return new ReferencePoints(points, Map.of(ANY, all));
    }

    /**
     * Takes inputs with classes; a point's neighbours are those of its class.
     *
     * @param classes one for each point: labels, or predictions of the model, which need none
     * @throws AuditException {@code BAD_DATA} if empty, not finite or unequal in number
     */
    public static ReferencePoints byClass(FloatTensor points, long[] classes) {
        requireUsable(points);
        if (classes.length != points.rows()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "classes",
                    classes.length + " rows",
                    points.rows() + " rows");
        }
        Map<Long, int[]> members = new TreeMap<>();
        Arrays.stream(classes)
                .distinct()
                .forEach(
                        k ->
                                members.put(
                                        k,
                                        IntStream.range(0, classes.length)
                                                .filter(i -> classes[i] == k)
                                                .toArray()));
        return new ReferencePoints(points, members);
    }

    private static void requireUsable(FloatTensor points) {
        if (points.rank() < 2 || points.values().length == 0) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "reference points", points, "[m, ...], no extent 0");
        }
        for (int i = 0; i < points.values().length; i++) {
            if (!Float.isFinite(points.values()[i])) {
                throw AuditException.of(
                        ErrorCode.BAD_DATA,
                        "reference points",
                        points.values()[i] + " in row " + i / points.rowSize(),
                        "finite numbers");
            }
        }
    }

    /** Returns whether neighbours are sought within a class. */
    public boolean areByClass() {
        return !members.containsKey(ANY);
    }

    int size() {
        return points.rowSize();
    }

    /** Adds row {@code row} to a matrix of doubles. */
    void copy(int row, double[] out, int at) {
        float[] values = points.values();
        int size = size();
        for (int i = 0; i < size; i++) {
            out[at + i] = values[row * size + i];
        }
    }

    /**
     * Returns the nearest points by Euclidean distance.
     *
     * @param values holds the point sought for, from {@code from} on
     * @param klass where classes are known
     * @throws AuditException {@code BAD_DATA} if the class has fewer than {@code count} points
     */
    Neighbourhood nearest(float[] values, int from, int count, Optional<Long> klass) {
        int[] searched = members.getOrDefault(klass.orElse(ANY), new int[0]);
        if (searched.length < count) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "reference points" + klass.map(k -> " of class " + k).orElse(""),
                    searched.length,
                    "at least " + count);
        }
        Neighbourhood found = new Neighbourhood(count);
        for (int row : searched) {
            found.offer(row, square(values, from, row, found.reach()));
        }
        return found;
    }

    /** Returns the squared distance, or something beyond {@code reach} where it is beyond. */
    private double square(float[] values, int from, int row, double reach) {
        float[] own = points.values();
        int size = size();
        int base = row * size;
        double sum = 0;
        for (int block = 0; block < size && sum <= reach; block += CHECKED_EVERY) {
            int end = Math.min(size, block + CHECKED_EVERY);
            for (int i = block; i < end; i++) {
                double difference = (double) values[from + i] - own[base + i];
                sum += difference * difference;
            }
        }
        return sum;
    }
}
