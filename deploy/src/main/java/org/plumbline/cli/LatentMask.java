package org.plumbline.cli;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;

/**
 * A pixel mask at the size of a layer: Gaussian blur (41 taps, deviation 8, reflected borders),
 * bilinear resize without antialiasing, 1 above 0.2. A mask of the layer's size is taken as it is.
 *
 * <p>Source: frederikpahde/rrclarc, {@code experiments/evaluation/compute_tcav.py}.
 */
final class LatentMask {
    private static final int RADIUS = 20;
    private static final double DEVIATION = 8;
    private static final double THRESHOLD = 0.2;

    private LatentMask() {}

    /**
     * Returns {@code [n, height, width]} of 0 and 1.
     *
     * @param mask {@code [n, h, w]}
     * @throws AuditException {@code BAD_DATA} if the mask has other axes or is too small to blur
     */
    static FloatTensor of(FloatTensor mask, int height, int width) {
        if (mask.rank() != 3) {
            throw AuditException.of(ErrorCode.BAD_DATA, "mask", mask, "three axes [n, h, w]");
        }
        if (mask.extent(1) == height && mask.extent(2) == width) {
            return mask;
        }
        if (mask.extent(1) <= RADIUS || mask.extent(2) <= RADIUS) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "mask", mask, "more than " + RADIUS + " pixels a side");
        }
        FloatTensor out = FloatTensor.zeros(mask.rows(), height, width);
        int size = height * width;
        for (int i = 0; i < mask.rows(); i++) {
            double[][] blurred = transpose(blurRows(transpose(blurRows(image(mask, i)))));
            for (int p = 0; p < size; p++) {
                double value = bilinear(blurred, p / width, p % width, height, width);
                out.values()[i * size + p] = value > THRESHOLD ? 1 : 0;
            }
        }
        return out;
    }

    private static double[][] image(FloatTensor mask, int sample) {
        int width = mask.extent(2);
        double[][] image = new double[mask.extent(1)][width];
        for (int p = 0; p < mask.rowSize(); p++) {
            image[p / width][p % width] = mask.values()[sample * mask.rowSize() + p];
        }
        return image;
    }

    private static double[][] blurRows(double[][] image) {
        double[] kernel = kernel();
        double[][] out = new double[image.length][image[0].length];
        for (int y = 0; y < image.length; y++) {
            for (int x = 0; x < image[y].length; x++) {
                for (int k = -RADIUS; k <= RADIUS; k++) {
                    out[y][x] += kernel[k + RADIUS] * image[y][reflect(x + k, image[y].length)];
                }
            }
        }
        return out;
    }

    private static double[] kernel() {
        double[] kernel = new double[2 * RADIUS + 1];
        double sum = 0;
        for (int k = -RADIUS; k <= RADIUS; k++) {
            kernel[k + RADIUS] = Math.exp(-k * k / (2 * DEVIATION * DEVIATION));
            sum += kernel[k + RADIUS];
        }
        for (int k = 0; k < kernel.length; k++) {
            kernel[k] /= sum;
        }
        return kernel;
    }

    private static int reflect(int at, int size) {
        int folded = Math.abs(at);
        return folded < size ? folded : 2 * (size - 1) - folded;
    }

    private static double[][] transpose(double[][] image) {
        double[][] out = new double[image[0].length][image.length];
        for (int y = 0; y < image.length; y++) {
            for (int x = 0; x < image[y].length; x++) {
                out[x][y] = image[y][x];
            }
        }
        return out;
    }

    private static double bilinear(double[][] image, int y, int x, int height, int width) {
        double sourceY = source(y, image.length, height);
        double sourceX = source(x, image[0].length, width);
        int top = (int) sourceY;
        int left = (int) sourceX;
        int bottom = Math.min(top + 1, image.length - 1);
        int right = Math.min(left + 1, image[0].length - 1);
        double down = sourceY - top;
        double across = sourceX - left;
        return (1 - down) * ((1 - across) * image[top][left] + across * image[top][right])
                + down * ((1 - across) * image[bottom][left] + across * image[bottom][right]);
    }

    private static double source(int at, int from, int to) {
        return Math.max(0, (at + 0.5) * from / to - 0.5);
    }
}
