package org.plumbline.core.significance;

/**
 * How large a difference is, whatever its p-value. Immutable.
 *
 * <p>Source: Cohen, "Statistical Power Analysis", 1988; Cliff, Psychological Bulletin 1993.
 *
 * @param difference of the means, first minus second
 * @param cohensD {@code difference} over the pooled standard deviation; 0 or infinite without any
 * @param cliffsDelta share of pairs in which the first is larger minus the share in which it is
 *     smaller, in [-1, 1]
 */
public record EffectSize(double difference, double cohensD, double cliffsDelta) {
    /** Compares two samples; the first may be a single value. */
    public static EffectSize of(double[] first, double[] second) {
        double difference = mean(first) - mean(second);
        double squares = squares(first) + squares(second);
        double pooled = Math.sqrt(squares / (first.length + second.length - 2));
        return new EffectSize(
                difference, difference == 0 ? 0 : difference / pooled, delta(first, second));
    }

    static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Sample standard deviation, over n - 1. */
    static double deviation(double[] values) {
        return Math.sqrt(squares(values) / (values.length - 1));
    }

    private static double squares(double[] values) {
        double mean = mean(values);
        double sum = 0;
        for (double value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum;
    }

    private static double delta(double[] first, double[] second) {
        long balance = 0;
        for (double a : first) {
            for (double b : second) {
                balance += a > b ? 1 : a < b ? -1 : 0;
            }
        }
        return (double) balance / first.length / second.length;
    }
}
