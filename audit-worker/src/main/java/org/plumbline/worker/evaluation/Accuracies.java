package org.plumbline.worker.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Accuracies of predictions, as fractions. Thread-safe.
 *
 * <p>Source: group meters of LfF and DCWP; worst group as in Sagawa et al., "Distributionally
 * Robust Neural Networks", ICLR 2020.
 */
public final class Accuracies {
    private Accuracies() {}

    /** Returns the share of right predictions among the rows; empty without rows. */
    public static OptionalDouble accuracy(int[] predicted, long[] labels, IntPredicate rows) {
        long count = 0;
        long right = 0;
        for (int i = 0; i < labels.length; i++) {
            if (rows.test(i)) {
                count++;
                right += predicted[i] == labels[i] ? 1 : 0;
            }
        }
        return count == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / count);
    }

    /** Returns {@code sqrt(a (1 - a) / n)}. */
    public static double standardError(double accuracy, long samples) {
        return samples == 0 ? 0 : Math.sqrt(accuracy * (1 - accuracy) / samples);
    }

    /** Returns the accuracy of every group (label, attribute) that occurs, in that order. */
    public static List<GroupAccuracy> groups(int[] predicted, long[] labels, long[] attribute) {
        Map<Long, Map<Long, long[]>> counts = new TreeMap<>();
        for (int i = 0; i < labels.length; i++) {
            long[] cell =
                    counts.computeIfAbsent(labels[i], l -> new TreeMap<>())
                            .computeIfAbsent(attribute[i], a -> new long[2]);
            cell[0] += predicted[i] == labels[i] ? 1 : 0;
            cell[1]++;
        }
        List<GroupAccuracy> groups = new ArrayList<>();
        counts.forEach(
                (label, cells) ->
                        cells.forEach(
                                (value, cell) ->
                                        groups.add(
                                                new GroupAccuracy(
                                                        Math.toIntExact(label),
                                                        Math.toIntExact(value),
                                                        (double) cell[0] / cell[1],
                                                        cell[1]))));
        return groups;
    }

    /** Returns the smallest accuracy of the groups; empty without groups. */
    public static OptionalDouble worst(List<GroupAccuracy> groups) {
        return groups.stream().mapToDouble(GroupAccuracy::accuracy).min();
    }

    /** Returns the group with the smallest accuracy, the first of equals; empty without groups. */
    public static Optional<GroupAccuracy> worstGroup(List<GroupAccuracy> groups) {
        return groups.stream().min(Comparator.comparingDouble(GroupAccuracy::accuracy));
    }

    /**
     * Returns the unweighted mean over groups whose label equals the attribute (bias-aligned) or
     * differs (bias-conflicting); empty without such groups.
     */
    public static OptionalDouble mean(List<GroupAccuracy> groups, boolean aligned) {
        return groups.stream()
                .filter(g -> (g.label() == g.concept()) == aligned)
                .mapToDouble(GroupAccuracy::accuracy)
                .average();
    }
}
