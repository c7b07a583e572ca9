package org.plumbline.worker.generator;

import org.plumbline.core.heatmap.PngFile;

import java.awt.image.BufferedImage;
import java.util.Map;

/** An 8-bit image of one channel (grey) or three (red, green, blue). Immutable. */
public final class Picture {
    private static final int WHITE = 255;

    private final int channels;
    private final int height;
    private final int width;
    private final byte[] levels;

    private Picture(int channels, int height, int width, byte[] levels) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.levels = levels;
    }

    /** Levels of a picture, by place. */
    @FunctionalInterface
    public interface Levels {
        /** Returns a level; what is outside [0, 255] is clipped. */
        int at(int channel, int y, int x);
    }

    /** Returns a picture of unsigned bytes, channel after channel, row after row; copied. */
    public static Picture of(int channels, int height, int width, byte... levels) {
        if ((channels != 1 && channels != 3) || levels.length != channels * height * width) {
            throw new IllegalArgumentException(
                    "levels: " + levels.length + " (expected: 1 or 3 x " + height + " x " + width);
        }
        return new Picture(channels, height, width, levels.clone());
    }

    /** Returns a picture drawn level by level. */
    public static Picture drawn(int channels, int height, int width, Levels levels) {
        byte[] bytes = new byte[channels * height * width];
        int at = 0;
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    bytes[at++] = (byte) Math.max(0, Math.min(WHITE, levels.at(c, y, x)));
                }
            }
        }
        return new Picture(channels, height, width, bytes);
    }

    /** Returns a picture of the same size. */
    public Picture drawn(Levels from) {
        return drawn(channels, height, width, from);
    }

    /** Returns 1 or 3. */
    public int channels() {
        return channels;
    }

    /** Returns the number of rows of pixels. */
    public int height() {
        return height;
    }

    /** Returns the number of pixels in a row. */
    public int width() {
        return width;
    }

    /** Returns a level, in [0, 255]. */
    public int level(int channel, int y, int x) {
        return levels[(channel * height + y) * width + x] & WHITE;
    }

    /** Returns the number of levels. */
    public int size() {
        return levels.length;
    }

    /** Returns three channels: these, or three times the grey one. */
    public Picture coloured() {
        return channels == 3 ? this : drawn(3, height, width, (c, y, x) -> level(0, y, x));
    }

    /** Writes the levels over 255 to {@code values} from {@code at} on: what a model receives. */
    public void scaleInto(float[] values, int at) {
        for (int i = 0; i < levels.length; i++) {
            values[at + i] = (levels[i] & WHITE) / (float) WHITE;
        }
    }

    /** Returns the picture as a PNG file. */
    public byte[] png() {
        int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
        BufferedImage image = new BufferedImage(width, height, type);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < channels; c++) {
                    image.getRaster().setSample(x, y, c, level(c, y, x));
                }
            }
        }
        return PngFile.encode(image, Map.of());
    }
}
