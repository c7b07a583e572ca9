package org.plumbline.worker.dataset;

import org.plumbline.core.model.ConceptId;
import org.plumbline.worker.config.Problems;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** What is known of every row beside its pixels. Confined to its owner, which copies. */
final class Columns {
    /** More classes than this are a mistake in the labels. */
    private static final long MOST_CLASSES = 1_000_000;

    private final long[] labels;
    private final Optional<long[]> split;
    private final Optional<long[]> biasLabels;
    private final Optional<long[]> pairs;
    private final SortedMap<ConceptId, long[]> concepts;

    /**
     * Takes the columns over.
     *
     * @param split values of {@link Split}
     * @param pairs number of the picture each row shows, with or without a concept
     */
    Columns(
            long[] labels,
            Optional<long[]> split,
            Optional<long[]> biasLabels,
            Optional<long[]> pairs,
            SortedMap<ConceptId, long[]> concepts) {
        this.labels = labels;
        this.split = split;
        this.biasLabels = biasLabels;
        this.pairs = pairs;
        this.concepts = concepts;
    }

    long[] labels() {
        return labels;
    }

    Optional<long[]> split() {
        return split;
    }

    Optional<long[]> biasLabels() {
        return biasLabels;
    }

    Optional<long[]> pairs() {
        return pairs;
    }

    SortedMap<ConceptId, long[]> concepts() {
        return concepts;
    }

    void check(int rows, Problems problems) {
        check("labels", labels, rows, MOST_CLASSES - 1, problems);
        split.ifPresent(s -> check("split", s, rows, Split.values().length - 1L, problems));
        biasLabels.ifPresent(b -> check("bias_labels", b, rows, MOST_CLASSES - 1, problems));
        pairs.ifPresent(p -> check("pair", p, rows, Long.MAX_VALUE, problems));
        for (Map.Entry<ConceptId, long[]> concept : concepts.entrySet()) {
            check("concept_" + concept.getKey(), concept.getValue(), rows, 1, problems);
        }
    }

    private static void check(String name, long[] values, int rows, long most, Problems problems) {
        if (values.length != rows) {
            problems.add(name, values.length + " rows", rows + ", as many as inputs");
        }
        long wrong = Arrays.stream(values).filter(v -> v < 0 || v > most).count();
        if (wrong > 0) {
            long first = Arrays.stream(values).filter(v -> v < 0 || v > most).findFirst().orElse(0);
            problems.add(
                    name, first + " and " + (wrong - 1) + " more wrong values", "0 to " + most);
        }
    }
}
