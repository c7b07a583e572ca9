package org.plumbline.worker.evaluation;

/**
 * The unweighted mean over classes of {@code 2 P R / (P + R)}, over the classes that occur among
 * labels or predictions; a class without a right prediction counts as 0. Thread-safe.
 *
 * <p>Source: frederikpahde/rrclarc, metrics of clean and attacked subsets.
 */
final class MacroF1 {
    private MacroF1() {}

    /** Returns the score of some rows, in [0, 1]; NaN without rows. */
    static double of(int[] predicted, long[] labels, int classes, int[] rows) {
        long[] right = new long[classes];
        long[] answered = new long[classes];
        long[] present = new long[classes];
        for (int row : rows) {
            int label = (int) labels[row];
            answered[predicted[row]]++;
            present[label]++;
            right[label] += predicted[row] == label ? 1 : 0;
        }
        double sum = 0;
        int counted = 0;
        for (int c = 0; c < classes; c++) {
            if (answered[c] + present[c] > 0) {
                sum += 2.0 * right[c] / (answered[c] + present[c]); // P and R share the numerator
                counted++;
            }
        }
        return sum / counted;
    }
}
