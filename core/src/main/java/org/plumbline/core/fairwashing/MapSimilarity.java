package org.plumbline.core.fairwashing;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;

/**
 * How alike two sets of heat maps {@code [n, h, w]} are: {@link #single} map by map, {@link #batch}
 * as fairwashing's evaluation does, which takes a batch for one picture. Thread-safe.
 *
 * <p>Source: {@code fairwashing/fairwashing} (4ce9fa4), {@code evaluate.py}; structural similarity
 * as in scikit-image 0.19, Wang et al., "Image quality assessment", 2004: uniform window of 7, K1
 * 0.01, K2 0.03, sample covariance, interior only.
 */
public final class MapSimilarity {
    private static final int WINDOW = 7;
    private static final double K1 = 0.01;
    private static final double K2 = 0.03;

    private MapSimilarity() {}

    /**
     * Numbers of a pair.
     *
     * @param mse mean squared difference of two pixels, at least 0
     * @param pcc Pearson's correlation over pixels, in [-1, 1]; NaN where a side is constant
     * @param ssim structural similarity, in [-1, 1]
     */
    public record Similarity(double mse, double pcc, double ssim) {}

    /**
     * Compares map {@code row} of each side; its own extremes are the range of values.
     *
     * @throws AuditException {@code BAD_DATA} if the shapes differ or a side is shorter than 7
     */
    public static Similarity single(FloatTensor a, FloatTensor b, int row) {
        requireAlike(a, b);
        FloatTensor x = a.slice(row, row + 1);
        FloatTensor y = b.slice(row, row + 1);
        Plane plane = new Plane(a.extent(1), a.extent(2), a.extent(2), 1, 1);
        return similarity(x, y, plane);
    }

    /**
     * Compares all maps at once, as published: one correlation over everything, and a similarity
     * whose windows slide over samples and rows while columns are channels ({@code
     * ssim_batch_plane}). At least 7 maps.
     *
     * @throws AuditException {@code BAD_DATA} if the shapes differ or a side is shorter than 7
     */
    public static Similarity batch(FloatTensor a, FloatTensor b) {
        requireAlike(a, b);
        int columns = a.extent(2);
        Plane plane = new Plane(a.rows(), a.extent(1), a.rowSize(), columns, columns);
        return similarity(a, b, plane);
    }

    /**
     * Returns the explanation loss: squared differences summed over pixels, averaged over maps.
     *
     * @throws AuditException {@code BAD_DATA} if the shapes differ
     */
    public static double summedError(FloatTensor a, FloatTensor b) {
        requireAlike(a, b);
        return mse(a.values(), b.values()) * a.rowSize();
    }

    /**
     * Returns Pearson's correlation over all pixels of all maps, in [-1, 1]; NaN where a side is
     * constant.
     *
     * @throws AuditException {@code BAD_DATA} if the shapes differ
     */
    public static double correlation(FloatTensor a, FloatTensor b) {
        requireAlike(a, b);
        return pcc(a.values(), b.values());
    }

    private static void requireAlike(FloatTensor a, FloatTensor b) {
        if (a.rank() != 3 || a.values().length == 0 || !Arrays.equals(a.shape(), b.shape())) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "maps", a + " and " + b, "two alike [n, h, w], not empty");
        }
    }

    private static Similarity similarity(FloatTensor a, FloatTensor b, Plane plane) {
        if (plane.height < WINDOW || plane.width < WINDOW) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "maps",
                    plane.height + " by " + plane.width,
                    "at least " + WINDOW + " by " + WINDOW + " for structural similarity");
        }
        return new Similarity(
                mse(a.values(), b.values()),
                pcc(a.values(), b.values()),
                ssim(a.values(), b.values(), plane));
    }

    private static double mse(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return sum / a.length;
    }

    private static double pcc(float[] a, float[] b) {
        double meanA = mean(a);
        double meanB = mean(b);
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            double da = a[i] - meanA;
            double db = b[i] - meanB;
            ab += da * db;
            aa += da * da;
            bb += db * db;
        }
        return ab / Math.sqrt(aa * bb);
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double ssim(float[] a, float[] b, Plane plane) {
        double range = range(a, b);
        double c1 = K1 * range * K1 * range;
        double c2 = K2 * range * K2 * range;
        double sum = 0;
        long count = 0;
        for (int channel = 0; channel < plane.channels; channel++) {
            for (int top = 0; top + WINDOW <= plane.height; top++) {
                for (int left = 0; left + WINDOW <= plane.width; left++) {
                    sum += window(a, b, plane, channel, top, left).index(c1, c2);
                    count++;
                }
            }
        }
        return sum / count;
    }

    private static double range(float[] a, float[] b) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < a.length; i++) {
            least = Math.min(least, Math.min(a[i], b[i]));
            most = Math.max(most, Math.max(a[i], b[i]));
        }
        return most - least;
    }

    private static Moments window(
            float[] a, float[] b, Plane plane, int channel, int top, int left) {
        Moments moments = new Moments();
        for (int y = top; y < top + WINDOW; y++) {
            for (int x = left; x < left + WINDOW; x++) {
                int at = plane.at(y, x, channel);
                moments.add(a[at], b[at]);
            }
        }
        return moments;
    }

    /** How an array is read as pictures: {@code at = y * rowStep + x * step + channel}. */
    private record Plane(int height, int width, int rowStep, int step, int channels) {
        int at(int y, int x, int channel) {
            return y * rowStep + x * step + channel;
        }
    }

    private static final class Moments {
        private double a;
        private double b;
        private double aa;
        private double bb;
        private double ab;

        void add(double x, double y) {
            a += x;
            b += y;
            aa += x * x;
            bb += y * y;
            ab += x * y;
        }

        double index(double c1, double c2) {
            double n = WINDOW * WINDOW;
            double meanA = a / n;
            double meanB = b / n;
            double unbiased = n / (n - 1);
            double varianceA = unbiased * (aa / n - meanA * meanA);
            double varianceB = unbiased * (bb / n - meanB * meanB);
            double covariance = unbiased * (ab / n - meanA * meanB);
            return (2 * meanA * meanB + c1)
                    * (2 * covariance + c2)
                    / ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2));
        }
    }
}
