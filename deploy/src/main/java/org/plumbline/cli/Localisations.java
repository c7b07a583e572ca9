package org.plumbline.cli;

import org.plumbline.cli.Explanations.Explained;
import org.plumbline.core.tensor.FloatTensor;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Where a concept was found. Immutable but for the tensors.
 *
 * @param maps {@code [m, h, w]}, at least 0
 * @param explained logits and signed relevance of the same inputs
 * @param strengths how strongly the layer shows the concept in each
 */
record Localisations(FloatTensor maps, Explained explained, List<Double> strengths) {
    /** Returns how many maps have no value above 0. */
    int empty() {
        int empty = 0;
        for (int i = 0; i < maps.rows(); i++) {
            float[] row = maps.row(i).toArray();
            empty += IntStream.range(0, row.length).allMatch(p -> row[p] == 0) ? 1 : 0;
        }
        return empty;
    }
}
