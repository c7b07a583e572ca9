package org.plumbline.core.fairwashing;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Map;
import java.util.TreeMap;

/**
 * How alike the maps of unrelated inputs are, less how alike their projections on the manifold are:
 * for each input the mean Pearson correlation of its map with those of all inputs of other
 * predicted classes, in [-2, 2]. A map painted on every input correlates with itself; what a
 * decision leans on differs between classes. Thread-safe.
 *
 * <p>NaN where a map is constant or no input has another class.
 */
public final class Resemblance {
    private Resemblance() {}

    /**
     * Returns the statistic of every input.
     *
     * @param maps {@code [n, h, w]}
     * @param projected the same projected, {@code [n, h, w]}
     * @param classes predicted class of each
     */
    public static double[] of(FloatTensor maps, FloatTensor projected, long[] classes) {
        double[] raw = amongClasses(maps, classes);
        double[] tangential = amongClasses(projected, classes);
        for (int i = 0; i < raw.length; i++) {
            raw[i] -= tangential[i];
        }
        return raw;
    }

    /**
     * Returns the mean correlation of every map with those of other classes, in [-1, 1]. With the
     * directions {@code u_j} it is {@code u_i . sum_j u_j / m}, so the cost is linear in the number
     * of maps.
     */
    public static double[] amongClasses(FloatTensor maps, long[] classes) {
        MapDirections directions = MapDirections.of(maps);
        Sum all = new Sum(directions.size());
        Map<Long, Sum> own = new TreeMap<>();
        for (int i = 0; i < classes.length; i++) {
            if (directions.has(i)) {
                all.add(directions, i);
                own.computeIfAbsent(classes[i], k -> new Sum(directions.size())).add(directions, i);
            }
        }
        double[] means = new double[classes.length];
        for (int i = 0; i < classes.length; i++) {
            Sum same = own.getOrDefault(classes[i], all);
            int others = all.count - same.count;
            means[i] =
                    directions.has(i) && others > 0
                            ? (directions.dot(all.values, i) - directions.dot(same.values, i))
                                    / others
                            : Double.NaN;
        }
        return means;
    }

    private static final class Sum {
        private final double[] values;
        private int count;

        Sum(int size) {
            values = new double[size];
        }

        void add(MapDirections directions, int row) {
            directions.addTo(values, row, 1);
            count++;
        }
    }
}
