package org.plumbline.core.sensitivity;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.GaussianBlur;

/**
 * Brings a pixel mask of an artifact to the locations of a layer: Gaussian blur, then bilinear
 * resize without antialiasing.
 *
 * <p>Source: frederikpahde/rrclarc, {@code experiments/evaluation/compute_tcav.py} (blur 41, sigma
 * 8, reflected borders); torchvision before 0.17 for the resize.
 */
public final class LatentMask {
    /** Locations above this value of the resized mask count as artifact. */
    public static final float THRESHOLD = 0.2f;

    private LatentMask() {}

    /**
     * Returns the blurred masks at the layer's resolution, before the threshold.
     *
     * @param masks {@code [n, h, w]} of pixels, at least 2 pixels along each axis
     * @return {@code [n, height, width]}
     */
    public static FloatTensor values(FloatTensor masks, int height, int width) {
        int h = masks.extent(1);
        int w = masks.extent(2);
        float[] out = new float[masks.rows() * height * width];
        for (int i = 0; i < masks.rows(); i++) {
            double[] pixels = new double[h * w];
            for (int p = 0; p < pixels.length; p++) {
                pixels[p] = masks.values()[i * h * w + p];
            }
            double[] blurred = GaussianBlur.of(pixels, h, w);
            resize(blurred, h, w, out, i * height * width, height, width);
        }
        return FloatTensor.of(out, masks.rows(), height, width);
    }

    /**
     * Returns 1 where {@link #values} lie above {@link #THRESHOLD}, else 0; a mask that has the
     * layer's size already is taken as it is.
     *
     * @param masks {@code [n, h, w]} of pixels
     * @throws AuditException {@code BAD_DATA} if the masks have other axes or a single pixel
     */
    public static FloatTensor of(FloatTensor masks, int height, int width) {
        if (masks.rank() != 3 || masks.extent(1) < 2 || masks.extent(2) < 2) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "mask", masks, "[n, h, w] of at least 2 x 2 pixels");
        }
        if (masks.extent(1) == height && masks.extent(2) == width) {
            return masks;
        }
        FloatTensor mask = values(masks, height, width);
        for (int p = 0; p < mask.values().length; p++) {
            mask.values()[p] = mask.values()[p] > THRESHOLD ? 1 : 0;
        }
        return mask;
    }

    private static void resize(
            double[] in, int h, int w, float[] out, int offset, int height, int width) {
        for (int y = 0; y < height; y++) {
            double sourceY = Math.max(0, (y + 0.5) * h / height - 0.5);
            int y0 = (int) sourceY;
            int y1 = Math.min(y0 + 1, h - 1);
            double fy = sourceY - y0;
            for (int x = 0; x < width; x++) {
                double sourceX = Math.max(0, (x + 0.5) * w / width - 0.5);
                int x0 = (int) sourceX;
                int x1 = Math.min(x0 + 1, w - 1);
                double fx = sourceX - x0;
                double top = in[y0 * w + x0] * (1 - fx) + in[y0 * w + x1] * fx;
                double bottom = in[y1 * w + x0] * (1 - fx) + in[y1 * w + x1] * fx;
                out[offset + y * width + x] = (float) (top * (1 - fy) + bottom * fy);
            }
        }
    }
}
