package org.plumbline.worker.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What a model answered for every measured row, kept so that two models can be compared row by row.
 * Immutable; never leaves the process.
 */
public final class RowOutcomes {
    private final int[] predicted;
    private final long[] labels;
    private final Optional<long[]> concept;
    private final Optional<long[]> bias;
    private final Optional<ConceptRows> sensitivities;
    private final int classes;

    RowOutcomes(
            int[] predicted,
            long[] labels,
            Optional<long[]> concept,
            Optional<long[]> bias,
            int classes) {
        this(predicted, labels, concept, bias, Optional.empty(), classes);
    }

    private RowOutcomes(
            int[] predicted,
            long[] labels,
            Optional<long[]> concept,
            Optional<long[]> bias,
            Optional<ConceptRows> sensitivities,
            int classes) {
        this.predicted = predicted;
        this.labels = labels;
        this.concept = concept;
        this.bias = bias;
        this.sensitivities = sensitivities;
        this.classes = classes;
    }

    RowOutcomes with(ConceptRows rows) {
        return new RowOutcomes(predicted, labels, concept, bias, Optional.of(rows), classes);
    }

    /** Returns the number of rows. */
    public int rows() {
        return labels.length;
    }

    int[] predicted() {
        return predicted;
    }

    long[] labels() {
        return labels;
    }

    int classes() {
        return classes;
    }

    Optional<long[]> bias() {
        return bias;
    }

    Optional<ConceptRows> sensitivities() {
        return sensitivities;
    }

    boolean[] right() {
        boolean[] right = new boolean[labels.length];
        for (int i = 0; i < right.length; i++) {
            right[i] = predicted[i] == labels[i];
        }
        return right;
    }

    /** Returns what groups are made by: the concept, else the bias label. */
    Optional<long[]> attribute() {
        return concept.or(() -> bias);
    }

    /** Returns the rows without (0) or with (1) the concept; empty where there is no concept. */
    Optional<int[]> rowsWith(long flag) {
        return concept.map(
                flags -> IntStream.range(0, flags.length).filter(i -> flags[i] == flag).toArray());
    }

    int[] all() {
        return IntStream.range(0, labels.length).toArray();
    }

    /** Returns the rows of every cell (label, attribute), ordered by both. */
    List<int[]> cells(long[] attribute) {
        Map<Long, Map<Long, List<Integer>>> cells = new TreeMap<>();
        for (int i = 0; i < labels.length; i++) {
            cells.computeIfAbsent(labels[i], l -> new TreeMap<>())
                    .computeIfAbsent(attribute[i], a -> new ArrayList<>())
                    .add(i);
        }
        return cells.values().stream()
                .flatMap(byAttribute -> byAttribute.values().stream())
                .map(rows -> rows.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }
}
