package org.plumbline.worker.evaluation;

import org.plumbline.core.tensor.FloatTensor;

/**
 * Sensitivities of the rows that have the concept, location by location summed up. Immutable.
 *
 * <p>Source: quotients and magnitude as in {@link org.plumbline.core.sensitivity.TcavMetrics}.
 */
final class ConceptRows {
    private static final double NEUTRAL = 0.5;

    private final double[] mean;
    private final double[] magnitude;
    private final long[] positive;
    private final long[] negative;

    private ConceptRows(double[] mean, double[] magnitude, long[] positive, long[] negative) {
        this.mean = mean;
        this.magnitude = magnitude;
        this.positive = positive;
        this.negative = negative;
    }

    /** Sums up maps {@code [n, h, w]}. */
    static ConceptRows of(FloatTensor maps) {
        int n = maps.rows();
        int size = maps.rowSize();
        ConceptRows rows = new ConceptRows(new double[n], new double[n], new long[n], new long[n]);
        for (int i = 0; i < n; i++) {
            for (int p = i * size; p < (i + 1) * size; p++) {
                double s = maps.values()[p];
                rows.mean[i] += s / size;
                rows.magnitude[i] += Math.abs(s) / size;
                rows.positive[i] += s > 0 ? 1 : 0;
                rows.negative[i] += s < 0 ? 1 : 0;
            }
        }
        return rows;
    }

    int count() {
        return mean.length;
    }

    /** Returns the share of rows with a positive mean, those at zero left out. */
    double score(int... rows) {
        int above = 0;
        int below = 0;
        for (int row : rows) {
            above += mean[row] > 0 ? 1 : 0;
            below += mean[row] < 0 ? 1 : 0;
        }
        return above + below == 0 ? NEUTRAL : (double) above / (above + below);
    }

    /** Returns how far the score is from neutral, in [0, 0.5]. */
    double distance(int... rows) {
        return Math.abs(score(rows) - NEUTRAL);
    }

    /** Returns the share of positive locations, zeros left out. */
    double locationScore(int... rows) {
        long above = 0;
        long below = 0;
        for (int row : rows) {
            above += positive[row];
            below += negative[row];
        }
        return above + below == 0 ? NEUTRAL : (double) above / (above + below);
    }

    /** Returns the mean magnitude. */
    double sensitivity(int... rows) {
        double sum = 0;
        for (int row : rows) {
            sum += magnitude[row];
        }
        return sum / rows.length;
    }
}
