package org.plumbline.core.fairwashing;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;

import java.awt.image.BufferedImage;

/**
 * The map an attack aims at: the dark pixels of a picture, in equal shares. Thread-safe.
 *
 * <p>Source: {@code fairwashing/fairwashing} (4ce9fa4), {@code load_hmap}: black and white by luma
 * and Floyd and Steinberg's dithering as the Python Imaging Library does, inverted, divided by the
 * number of dark pixels.
 */
public final class TargetMap {
    private static final int WHITE = 255;

    private TargetMap() {}

    /**
     * Returns the map of a picture.
     *
     * @return {@code [h, w]}, sums to 1
     * @throws AuditException {@code BAD_DATA} if no pixel is dark
     */
    public static FloatTensor of(BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        boolean[] dark = dark(luma(picture), width);
        int count = 0;
        for (boolean pixel : dark) {
            count += pixel ? 1 : 0;
        }
        if (count == 0) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "target", "a picture without dark pixels", "some ink");
        }
        float[] values = new float[dark.length];
        for (int i = 0; i < dark.length; i++) {
            values[i] = dark[i] ? 1f / count : 0;
        }
        return FloatTensor.of(values, height, width);
    }

    /**
     * Returns a map divided by its sum.
     *
     * @param map {@code [h, w]}, at least 0
     * @throws AuditException {@code BAD_DATA} if a value is negative or not finite, or all are 0
     */
    public static FloatTensor of(FloatTensor map) {
        double sum = 0;
        for (float value : map.values()) {
            if (!(value >= 0 && value < Float.POSITIVE_INFINITY)) {
                throw AuditException.of(
                        ErrorCode.BAD_DATA, "target", value, "finite values of at least 0");
            }
            sum += value;
        }
        if (map.rank() != 2 || sum == 0) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "target", map, "axes [h,w], not all values 0");
        }
        float[] shares = map.values().clone();
        for (int i = 0; i < shares.length; i++) {
            shares[i] = (float) (shares[i] / sum);
        }
        return FloatTensor.of(shares, map.shape());
    }

    /** Returns brightness 0 to 255, weights of ITU-R 601-2 in sixteenths of a bit. */
    private static int[] luma(BufferedImage picture) {
        int width = picture.getWidth();
        int[] luma = new int[width * picture.getHeight()];
        boolean gray = picture.getRaster().getNumBands() == 1;
        for (int i = 0; i < luma.length; i++) {
            int x = i % width;
            int y = i / width;
            int rgb = picture.getRGB(x, y);
            luma[i] =
                    gray && picture.getSampleModel().getSampleSize(0) == Byte.SIZE
                            ? picture.getRaster().getSample(x, y, 0)
                            : ((rgb >> 16 & 0xff) * 19595
                                            + (rgb >> 8 & 0xff) * 38470
                                            + (rgb & 0xff) * 7471
                                            + 0x8000)
                                    >> 16;
        }
        return luma;
    }

    /** Spreads what rounding a pixel leaves: 7/16 right, 3/16, 5/16 and 1/16 below. */
    private static boolean[] dark(int[] luma, int width) {
        boolean[] dark = new boolean[luma.length];
        int[] below = new int[width + 2];
        for (int row = 0; row < luma.length; row += width) {
            int[] next = new int[width + 2];
            int right = 0;
            for (int x = 0; x < width; x++) {
                int carried = (right + below[x + 1]) / 16;
                int value = Math.max(0, Math.min(WHITE, luma[row + x] + carried));
                dark[row + x] = value <= WHITE / 2 + 1;
                int left = dark[row + x] ? value : value - WHITE;
                right = 7 * left;
                next[x] += 3 * left;
                next[x + 1] += 5 * left;
                next[x + 2] += left;
            }
            below = next;
        }
        return dark;
    }
}
