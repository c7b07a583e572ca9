package org.plumbline.core.tensor;

/**
 * Gaussian blur with reflected borders, cut off at 2.5 standard deviations: 41 x 41 pixels for the
 * usual 8.
 *
 * <p>Source: frederikpahde/rrclarc blurs masks so, with torchvision's {@code gaussian_blur}.
 */
public final class GaussianBlur {
    private static final double CUT = 2.5;
    private static final double SIGMA = 8;

    private GaussianBlur() {}

    /**
     * Returns an image blurred with standard deviation 8.
     *
     * @param pixels {@code [h, w]}, row-major, at least 2 along each axis
     */
    public static double[] of(double[] pixels, int h, int w) {
        return of(pixels, h, w, SIGMA);
    }

    /**
     * Returns a blurred image.
     *
     * @param pixels {@code [h, w]}, row-major, at least 2 along each axis
     * @param sigma standard deviation in pixels, above 0
     */
    public static double[] of(double[] pixels, int h, int w, double sigma) {
        double[] kernel = kernel(sigma);
        return along(along(pixels, h, w, true, kernel), h, w, false, kernel);
    }

    private static double[] along(double[] pixels, int h, int w, boolean rows, double[] kernel) {
        int radius = kernel.length / 2;
        double[] out = new double[pixels.length];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                double sum = 0;
                for (int k = -radius; k <= radius; k++) {
                    int at = rows ? y * w + reflected(x + k, w) : reflected(y + k, h) * w + x;
                    sum += kernel[k + radius] * pixels[at];
                }
                out[y * w + x] = sum;
            }
        }
        return out;
    }

    private static double[] kernel(double sigma) {
        int radius = (int) Math.ceil(CUT * sigma);
        double[] kernel = new double[2 * radius + 1];
        double sum = 0;
        for (int k = -radius; k <= radius; k++) {
            kernel[k + radius] = Math.exp(-0.5 * (k / sigma) * (k / sigma));
            sum += kernel[k + radius];
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
