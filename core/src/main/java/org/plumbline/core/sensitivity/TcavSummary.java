package org.plumbline.core.sensitivity;

import org.plumbline.core.tensor.FloatTensor;

import java.util.OptionalDouble;

/**
 * Every variant of TCAV over one set of samples. Immutable.
 *
 * @param metrics quotient per location, mean quotient and magnitude with their standard errors
 * @param sensitivity mean over samples of the mean sensitivity over locations, signed, logits per
 *     unit of activation
 * @param sensitivityStandardError sample standard deviation over samples / sqrt(samples); 0 for one
 * @param maskedQuotient quotient per location inside the artifact's mask, where masks are given
 * @param samples at least 1
 */
public record TcavSummary(
        TcavMetrics metrics,
        double sensitivity,
        double sensitivityStandardError,
        OptionalDouble maskedQuotient,
        int samples) {

    /** Returns the variants that need no mask, of maps {@code [n, h, w]}, n at least 1. */
    public static TcavSummary of(FloatTensor maps) {
        return of(maps, OptionalDouble.empty());
    }

    /**
     * Returns all variants.
     *
     * @param maps {@code [n, h, w]}, n at least 1
     * @param masks {@code [n, h, w]}, locations with a value above zero count, see {@link
     *     LatentMask}
     */
    public static TcavSummary of(FloatTensor maps, FloatTensor masks) {
        if (masks.values().length != maps.values().length) {
            throw new IllegalArgumentException("masks: " + masks + " (expected: " + maps + ")");
        }
        return of(maps, OptionalDouble.of(TcavMetrics.maskedQuotient(maps, masks)));
    }

    private static TcavSummary of(FloatTensor maps, OptionalDouble masked) {
        int n = maps.rows();
        double mean = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double away = mean(maps, i) - mean;
            mean += away / (i + 1);
            squares += away * away * i / (i + 1);
        }
        double error = n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n);
        return new TcavSummary(TcavMetrics.of(maps), mean, error, masked, n);
    }

    private static double mean(FloatTensor maps, int row) {
        int locations = maps.rowSize();
        double sum = 0;
        for (int p = row * locations; p < (row + 1) * locations; p++) {
            sum += maps.values()[p];
        }
        return sum / locations;
    }

    /** Returns the mean magnitude over samples and locations, at least 0. */
    public double magnitude() {
        return metrics.sensitivity();
    }
}
