package org.plumbline.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The samples of a class, or all. Immutable.
 *
 * @param label the class, or {@code all}
 * @param samples places of its samples
 */
record ClassRows(String label, List<Integer> samples) {
    private static final String ALL = "all";

    ClassRows {
        samples = List.copyOf(samples);
    }

    /** Returns one for each class that occurs, rising. */
    static List<ClassRows> of(int[] targets) {
        return Arrays.stream(targets)
                .distinct()
                .sorted()
                .mapToObj(
                        k ->
                                new ClassRows(
                                        Integer.toString(k),
                                        IntStream.range(0, targets.length)
                                                .filter(i -> targets[i] == k)
                                                .boxed()
                                                .toList()))
                .toList();
    }

    /** Returns one for all samples. */
    static ClassRows all(int count) {
        return new ClassRows(ALL, IntStream.range(0, count).boxed().toList());
    }

    /** Returns those of {@link #of} and, if there is more than one class, one for all samples. */
    static List<ClassRows> withAll(int[] targets) {
        List<ClassRows> rows = new ArrayList<>(of(targets));
        if (rows.size() > 1) {
            rows.add(all(targets.length));
        }
        return rows;
    }

    int[] places() {
        return samples.stream().mapToInt(i -> i).toArray();
    }
}
