package org.plumbline.cli;

import org.plumbline.core.tap.Attribution;
import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.List;

/** Attributions of consecutive batches as one. Confined to one thread. */
final class Explanations {
    private final Rows logits;
    private final Rows relevance;
    private final List<Integer> classes = new ArrayList<>();

    Explanations(int total) {
        logits = new Rows(total);
        relevance = new Rows(total);
    }

    void add(Attribution batch) {
        logits.add(batch.logits());
        relevance.add(batch.relevance());
        for (long k : batch.classes()) {
            classes.add(Math.toIntExact(k));
        }
    }

    Explained explained() {
        return new Explained(logits.tensor(), classes, relevance.tensor());
    }

    /**
     * What a method said. Immutable but for the tensors.
     *
     * @param logits {@code [n, classes]}
     * @param classes explained class of each sample
     * @param relevance {@code [n, c, h, w]}
     */
    record Explained(FloatTensor logits, List<Integer> classes, FloatTensor relevance) {
        Explained {
            classes = List.copyOf(classes);
        }

        int size() {
            return classes.size();
        }

        /** Returns the explained logit of a sample. */
        double logit(int row) {
            return logits.values()[row * logits.rowSize() + classes.get(row)];
        }

        /** Returns the class of the largest logit of a sample. */
        int predicted(int row) {
            return logits.largest(row);
        }

        /** Returns the softmax of the explained logit. */
        double probability(int row) {
            int from = row * logits.rowSize();
            double largest = logits.values()[from + predicted(row)];
            double sum = 0;
            for (int k = from; k < from + logits.rowSize(); k++) {
                sum += Math.exp(logits.values()[k] - largest);
            }
            return Math.exp(logit(row) - largest) / sum;
        }

        /** Returns the sum of a sample's attribution. */
        double sum(int row) {
            double sum = 0;
            int size = relevance.rowSize();
            for (int i = row * size; i < (row + 1) * size; i++) {
                sum += relevance.values()[i];
            }
            return sum;
        }

        /** Returns the same with other attributions. */
        Explained with(FloatTensor changed) {
            return new Explained(logits, classes, changed);
        }
    }
}
