package org.plumbline.core.cav;

/**
 * Below what a CAV is poor, and how its quality is estimated. Immutable.
 *
 * @param heldOutAuc least area under the curve on examples the CAV was not fitted to, in [0, 1]
 * @param chanceDeviations by how many standard deviations the held-out area must exceed 0.5, at
 *     least 0; 1.645 is a one-sided test at 5 %
 * @param stability least mean cosine of bootstrap resamples, in [-1, 1]. With {@code s} the squared
 *     length of the true difference of means over that of its sampling error, the cosine is about
 *     {@code (s + 1) / (s + 2)}: 0.5 without any concept, 0.6 where the CAV's cosine with the truth
 *     is about 0.58
 * @param resamples number of bootstrap resamples; 0 leaves stability out
 * @param mostRows of each group that held-out and bootstrap fits see, drawn by the seed, at least
 *     10
 * @param seed of the drawing
 */
public record QualityBounds(
        double heldOutAuc,
        double chanceDeviations,
        double stability,
        int resamples,
        int mostRows,
        long seed) {
    /** Bounds that suit an alert. */
    public static final QualityBounds STANDARD = new QualityBounds(0.7, 1.645, 0.6, 20, 500, 0);

    private static final int LEAST_ROWS = 10;
    private static final int MOST_RESAMPLES = 10_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the field
     */
    public QualityBounds {
        check("held-out-auc", heldOutAuc, heldOutAuc >= 0 && heldOutAuc <= 1, "0 to 1");
        check("chance-deviations", chanceDeviations, chanceDeviations >= 0, ">= 0");
        check("stability", stability, stability >= -1 && stability <= 1, "-1 to 1");
        boolean some = resamples >= 2 && resamples <= MOST_RESAMPLES;
        check("resamples", resamples, resamples == 0 || some, "0, or 2 to " + MOST_RESAMPLES);
        check("most-rows", mostRows, mostRows >= LEAST_ROWS, ">= " + LEAST_ROWS);
    }

    /** Returns these bounds with another number of resamples and another seed. */
    public QualityBounds with(int newResamples, long newSeed) {
        return new QualityBounds(
                heldOutAuc, chanceDeviations, stability, newResamples, mostRows, newSeed);
    }

    private static void check(String field, Number value, boolean valid, String expected) {
        if (!valid) {
            throw new IllegalArgumentException(
                    field + ": " + value + " (expected: " + expected + ")");
        }
    }
}
