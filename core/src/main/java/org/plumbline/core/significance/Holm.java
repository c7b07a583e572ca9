package org.plumbline.core.significance;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Holm's correction: rejecting where the corrected p-value is at most {@code a} keeps the
 * probability of any false rejection at most {@code a}, however the tests depend on each other.
 * Anytime-valid p-values stay anytime-valid.
 *
 * <p>Source: Holm, Scandinavian Journal of Statistics 1979.
 */
public final class Holm {
    private Holm() {}

    /**
     * Returns the corrected p-values in the given order: with the values sorted, {@code p'_(i) =
     * max_{j <= i} min(1, (m - j + 1) p_(j))}.
     */
    public static double[] correct(double[] pValues) {
        return correct(pValues, pValues.length);
    }

    /**
     * Returns the corrected p-values when they are the only ones below 1 of a larger family.
     *
     * @param family tests in all, concepts x layers x classes, those without data included
     */
    public static double[] correct(double[] pValues, int family) {
        if (family < pValues.length) {
            throw new IllegalArgumentException(
                    "family: " + family + " (expected: >= " + pValues.length + ")");
        }
        int[] order =
                IntStream.range(0, pValues.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> checked(pValues[i])))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double[] corrected = new double[pValues.length];
        double largest = 0;
        for (int i = 0; i < order.length; i++) {
            largest = Math.max(largest, Math.min(1, (family - i) * pValues[order[i]]));
            corrected[order[i]] = largest;
        }
        return corrected;
    }

    private static double checked(double pValue) {
        if (!(pValue >= 0 && pValue <= 1)) {
            throw new IllegalArgumentException("p-value: " + pValue + " (expected: in [0, 1])");
        }
        return pValue;
    }
}
