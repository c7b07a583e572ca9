package org.plumbline.core.cav;

/** Assigns rows to test folds without shuffling. Source: scikit-learn, model selection. */
final class Folds {
    private Folds() {}

    /** Returns contiguous blocks; the first {@code n % folds} hold one row more. */
    static int[] contiguous(int n, int folds) {
        int[] fold = new int[n];
        int longer = n % folds * (n / folds + 1);
        for (int i = 0; i < n; i++) {
            fold[i] =
                    i < longer
                            ? i / (n / folds + 1)
                            : n % folds + (i - longer) / Math.max(1, n / folds);
        }
        return fold;
    }

    /**
     * Returns folds that hold the same share of each group. Sorted by group, the group of the first
     * row first, every {@code folds}-th row counts towards the same fold; a group's rows then fill
     * the folds in order.
     */
    static int[] stratified(LabelledActivations data, int folds) {
        int n = data.rows();
        boolean first = data.positive(0);
        int leading = first ? data.positives() : data.negatives();
        int[][] quota = new int[2][folds];
        for (int i = 0; i < n; i++) {
            quota[i < leading ? 0 : 1][i % folds]++;
        }
        int[] next = new int[2];
        int[] fold = new int[n];
        for (int i = 0; i < n; i++) {
            int group = data.positive(i) == first ? 0 : 1;
            while (quota[group][next[group]] == 0) {
                next[group]++;
            }
            quota[group][next[group]]--;
            fold[i] = next[group];
        }
        return fold;
    }

    /** Returns the rows inside, or outside, a fold. */
    static int[] rows(int[] fold, int wanted, boolean inside) {
        return java.util.stream.IntStream.range(0, fold.length)
                .filter(i -> (fold[i] == wanted) == inside)
                .toArray();
    }
}
