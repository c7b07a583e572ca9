package org.plumbline.cli.quickstart;

import org.plumbline.core.heatmap.PngFile;

import java.awt.image.BufferedImage;
import java.util.Map;

/** A 28x28 image of gray levels, black background. Confined to its owner: pixels are not copied. */
final class GrayImage {
    /** Pixels per side. */
    static final int SIDE = 28;

    /** Pixels per image. */
    static final int PIXELS = SIDE * SIDE;

    private static final int WHITE = 255;

    private final byte[] pixels;

    /** Takes over {@code pixels}, row-major, unsigned. */
    GrayImage(byte[] pixels) {
        if (pixels.length != PIXELS) {
            throw new IllegalArgumentException(
                    "pixels: " + pixels.length + " (expected: " + PIXELS + ")");
        }
        this.pixels = pixels;
    }

    /** Returns the gray level at a place, in [0, 255]. */
    int level(int y, int x) {
        return pixels[y * SIDE + x] & WHITE;
    }

    /** Returns a copy on which {@code ink} is drawn white. */
    GrayImage with(TimeStamp ink) {
        byte[] marked = pixels.clone();
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                if (ink.covers(y, x)) {
                    marked[y * SIDE + x] = (byte) WHITE;
                }
            }
        }
        return new GrayImage(marked);
    }

    /** Writes the levels over 255 to {@code values} from {@code at} on: what the model receives. */
    void scaleInto(float[] values, int at) {
        for (int p = 0; p < PIXELS; p++) {
            values[at + p] = (pixels[p] & WHITE) / (float) WHITE;
        }
    }

    /** Returns the image as a PNG file. */
    byte[] png() {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, SIDE, SIDE, pixels);
        return PngFile.encode(image, Map.of());
    }
}
