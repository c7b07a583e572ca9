package org.plumbline.core.fairwashing;

import org.plumbline.core.tensor.FloatTensor;

/**
 * How far an explanation is from that of a reference version where both answer alike: 1 less their
 * Pearson correlation, in [0, 2]. NaN where the predicted classes differ or the probabilities of
 * the predicted class by more than {@link #SLACK}: there explanations may differ in honesty.
 * Thread-safe.
 */
public final class ReferenceGap {
    /** Largest difference of two probabilities that count as the same answer. */
    public static final double SLACK = 0.1;

    private ReferenceGap() {}

    /**
     * Returns the statistic of every input.
     *
     * @param maps {@code [n, h, w]}
     * @param reference the reference's, {@code [n, h, w]}
     * @param logits {@code [n, classes]}
     * @param referenceLogits the reference's, {@code [n, classes]}
     */
    public static double[] of(
            FloatTensor maps,
            FloatTensor reference,
            FloatTensor logits,
            FloatTensor referenceLogits) {
        double[] gaps = ProjectionGap.gap(MapDirections.of(maps), MapDirections.of(reference));
        for (int i = 0; i < gaps.length; i++) {
            if (!alike(logits, referenceLogits, i)) {
                gaps[i] = Double.NaN;
            }
        }
        return gaps;
    }

    private static boolean alike(FloatTensor a, FloatTensor b, int row) {
        int k = a.largest(row);
        return b.rowSize() == a.rowSize()
                && k == b.largest(row)
                && Math.abs(probability(a, row, k) - probability(b, row, k)) <= SLACK;
    }

    private static double probability(FloatTensor logits, int row, int k) {
        int from = row * logits.rowSize();
        double sum = 0;
        for (int i = from; i < from + logits.rowSize(); i++) {
            sum += Math.exp((double) logits.values()[i] - logits.values()[from + k]);
        }
        return 1 / sum;
    }
}
