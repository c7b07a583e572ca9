package org.plumbline.worker.dataset;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;

import javax.imageio.ImageIO;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes PNG and JPEG files to inputs; bilinear with half-pixel centres and no antialiasing, as
 * PyTorch's {@code interpolate(mode="bilinear", align_corners=False)}. Thread-safe.
 */
public final class ImageReader {
    private static final long MOST_PIXELS = 100_000_000;
    private static final double WHITE = 255;

    private final Preprocess preprocess;

    ImageReader(Preprocess preprocess) {
        this.preprocess = preprocess;
    }

    /** Returns a reader of values in [0, 1], as they are in the file. */
    public static ImageReader plain(int height, int width, int channels) {
        return new ImageReader(Preprocess.plain(height, width, channels));
    }

    /**
     * Returns the height and width of an image.
     *
     * @throws IOException if the file is no such image or too large
     */
    public static int[] size(Path file) throws IOException {
        BufferedImage image = decode(file);
        return new int[] {image.getHeight(), image.getWidth()};
    }

    /**
     * Writes {@code [channels, height, width]} values at an offset.
     *
     * @throws IOException if the file is no such image or too large
     */
    public void read(Path file, float[] out, int offset) throws IOException {
        BufferedImage image = decode(file);
        int plane = preprocess.height() * preprocess.width();
        int[] pixels = argb(image);
        for (int c = 0; c < preprocess.channels(); c++) {
            resize(pixels, image.getWidth(), image.getHeight(), c, out, offset + c * plane);
        }
    }

    /**
     * Grey levels are taken as stored: Java's own conversion would brighten them as linear light.
     */
    private static int[] argb(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        boolean grey =
                image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
                        && image.getRaster().getNumBands() == 1;
        if (!grey) {
            return image.getRGB(0, 0, width, height, null, 0, width);
        }
        int shift = Math.max(0, image.getColorModel().getComponentSize(0) - Byte.SIZE);
        int[] pixels = image.getRaster().getSamples(0, 0, width, height, 0, (int[]) null);
        for (int p = 0; p < pixels.length; p++) {
            pixels[p] = (pixels[p] >> shift) * 0x01_01_01;
        }
        return pixels;
    }

    private void resize(int[] pixels, int width, int height, int channel, float[] out, int offset) {
        double mean = preprocess.mean().get(channel);
        double std = preprocess.std().get(channel);
        int to = offset;
        for (int y = 0; y < preprocess.height(); y++) {
            Tap row = Tap.of(y, preprocess.height(), height);
            for (int x = 0; x < preprocess.width(); x++) {
                Tap column = Tap.of(x, preprocess.width(), width);
                double top =
                        column.blend(
                                level(pixels[row.low() * width + column.low()], channel),
                                level(pixels[row.low() * width + column.high()], channel));
                double bottom =
                        column.blend(
                                level(pixels[row.high() * width + column.low()], channel),
                                level(pixels[row.high() * width + column.high()], channel));
                out[to++] = (float) ((row.blend(top, bottom) / WHITE - mean) / std);
            }
        }
    }

    private double level(int argb, int channel) {
        int red = argb >> 16 & 0xff;
        int green = argb >> 8 & 0xff;
        int blue = argb & 0xff;
        if (preprocess.channels() == 1) {
            return red == green && green == blue // ITU-R 601 luma; exact for grey files
                    ? red
                    : 0.299 * red + 0.587 * green + 0.114 * blue;
        }
        return channel == 0 ? red : channel == 1 ? green : blue;
    }

    private static BufferedImage decode(Path file) throws IOException {
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            if (in == null) {
                throw new IOException("unreadable");
            }
            return decode(in, MOST_PIXELS);
        }
    }

    /**
     * Returns a picture. Its size is looked at before pixels are unpacked, since a small file may
     * hold a huge picture.
     *
     * @param in borrowed
     * @throws IOException if there is no such image or it has more pixels
     */
    public static BufferedImage decode(ImageInputStream in, long mostPixels) throws IOException {
        Iterator<javax.imageio.ImageReader> readers = ImageIO.getImageReaders(in);
        if (!readers.hasNext()) {
            throw new IOException("neither PNG nor JPEG");
        }
        javax.imageio.ImageReader reader = readers.next();
        try {
            reader.setInput(in, true, true);
            long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
            if (pixels > mostPixels) {
                throw new IOException(pixels + " pixels, at most " + mostPixels);
            }
            return reader.read(0);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("broken image: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    /** The two source positions around a target position and the weight of the second. */
    private record Tap(int low, int high, double weight) {
        static Tap of(int target, int targets, int sources) {
            double at = Math.max(0, (target + 0.5) * sources / targets - 0.5);
            int low = Math.min((int) at, sources - 1);
            return new Tap(low, Math.min(low + 1, sources - 1), at - low);
        }

        double blend(double first, double second) {
            return first * (1 - weight) + second * weight;
        }
    }
}
