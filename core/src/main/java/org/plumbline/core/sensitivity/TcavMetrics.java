package org.plumbline.core.sensitivity;

import org.plumbline.core.tensor.FloatTensor;

/**
 * The TCAV family over sensitivity maps. A location counts as positive (negative) if its derivative
 * is strictly above (below) zero; exact zeros are left out. Without any count a quotient is 0.5.
 * Immutable.
 *
 * <p>Source: Kim et al., ICML 2018; per location as in frederikpahde/rrclarc, {@code
 * experiments/evaluation/compute_tcav.py}.
 *
 * @param quotient share of positive locations, in [0, 1]
 * @param quotientStandardError {@code sqrt(q (1 - q) / locations counted)}
 * @param meanQuotient share of samples whose mean over locations is positive, in [0, 1]
 * @param meanQuotientStandardError {@code sqrt(q (1 - q) / samples counted)}
 * @param sensitivity mean magnitude over samples and locations, logits per unit of activation
 * @param sensitivityStandardError population standard deviation / sqrt(number of values)
 * @param positive positive locations
 * @param negative negative locations
 * @param zero locations left out
 */
public record TcavMetrics(
        double quotient,
        double quotientStandardError,
        double meanQuotient,
        double meanQuotientStandardError,
        double sensitivity,
        double sensitivityStandardError,
        long positive,
        long negative,
        long zero) {

    private static final double NEUTRAL = 0.5;
    private static final double MASKED_EPSILON = 1e-10;

    /**
     * Returns the metrics of some maps.
     *
     * @param maps {@code [n, h, w]}, n at least 1
     */
    public static TcavMetrics of(FloatTensor maps) {
        int locations = maps.rowSize();
        Signs cells = new Signs();
        Signs samples = new Signs();
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < maps.rows(); i++) {
            double mean = 0;
            for (int p = 0; p < locations; p++) {
                double s = maps.values()[i * locations + p];
                cells.count(s);
                mean += s;
                sum += Math.abs(s);
                squares += s * s;
            }
            samples.count(mean / locations);
        }
        long values = (long) maps.rows() * locations;
        double sensitivity = sum / values;
        double variance = Math.max(0, squares / values - sensitivity * sensitivity);
        return new TcavMetrics(
                cells.quotient(),
                cells.standardError(),
                samples.quotient(),
                samples.standardError(),
                sensitivity,
                Math.sqrt(variance / values),
                cells.positive,
                cells.negative,
                cells.zero);
    }

    /**
     * Returns the per-location quotient inside a mask, with 1e-10 added to the denominator.
     *
     * @param maps {@code [n, h, w]}
     * @param mask {@code [n, h, w]}, locations with a value above zero count
     */
    public static double maskedQuotient(FloatTensor maps, FloatTensor mask) {
        Signs cells = new Signs();
        for (int i = 0; i < maps.values().length; i++) {
            if (mask.values()[i] > 0) {
                cells.count(maps.values()[i]);
            }
        }
        return cells.positive / (cells.positive + cells.negative + MASKED_EPSILON);
    }

    private static final class Signs {
        private long positive;
        private long negative;
        private long zero;

        void count(double value) {
            if (value > 0) {
                positive++;
            } else if (value < 0) {
                negative++;
            } else {
                zero++;
            }
        }

        double quotient() {
            long counted = positive + negative;
            return counted == 0 ? NEUTRAL : (double) positive / counted;
        }

        double standardError() {
            long counted = positive + negative;
            return counted == 0 ? 0 : Math.sqrt(quotient() * (1 - quotient()) / counted);
        }
    }
}
