package org.plumbline.core.tensor;

/**
 * Gaussian blur of 41 x 41 pixels with standard deviation 8 and reflected borders.
 *
 * <p>Source: frederikpahde/rrclarc blurs masks so, with torchvision's {@code gaussian_blur}.
 */
public final class GaussianBlur {
    private static final int RADIUS = 20;
    private static final double SIGMA = 8;

    private GaussianBlur() {}

    /**
     * Returns a blurred image.
     *
     * @param pixels {@code [h, w]}, row-major, at least 2 along each axis
     */
    public static double[] of(double[] pixels, int h, int w) {
        return along(along(pixels, h, w, true), h, w, false);
    }

    private static double[] along(double[] pixels, int h, int w, boolean rows) {
        double[] kernel = kernel();
        double[] out = new double[pixels.length];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                double sum = 0;
                for (int k = -RADIUS; k <= RADIUS; k++) {
                    int at = rows ? y * w + reflected(x + k, w) : reflected(y + k, h) * w + x;
                    sum += kernel[k + RADIUS] * pixels[at];
                }
                out[y * w + x] = sum;
            }
        }
        return out;
    }

    private static double[] kernel() {
        double[] kernel = new double[2 * RADIUS + 1];
        double sum = 0;
        for (int k = -RADIUS; k <= RADIUS; k++) {
            kernel[k + RADIUS] = Math.exp(-0.5 * (k / SIGMA) * (k / SIGMA));
            sum += kernel[k + RADIUS];
        }
        for (int k = 0; k < kernel.length; k++) {
            kernel[k] /= sum;
        }
        return kernel;
    }

    /** Mirrors at the border pixels, which are not repeated. */
    private static int reflected(int at, int size) {
        int period = 2 * (size - 1);
        int folded = Math.floorMod(at, period);
        return folded < size ? folded : period - folded;
    }
}
