package org.plumbline.plugin.concept;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.fixture.Http;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import javax.imageio.ImageIO;

/** Bodies of uploads, good and bad. */
public final class ExampleBodies {
    private ExampleBodies() {}

    /** Returns an npz of both sides. */
    public static byte[] npz(FloatTensor positives, FloatTensor negatives) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("positives.npy", Http.npy(positives));
        entries.put("negatives.npy", Http.npy(negatives));
        return zip(entries);
    }

    /** Returns a zip of entries in their order. */
    public static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Returns a grey PNG. */
    public static byte[] png(int width, int level) {
        BufferedImage image = new BufferedImage(width, 2, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < width; x++) {
            image.setRGB(x, 0, level << 16 | level << 8 | level);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Encodes an image as its red channel. */
    static final class RedEncoder implements InputEncoder {
        @Override
        public FloatTensor encode(byte[] image, String name) {
            try {
                BufferedImage read = ImageIO.read(new ByteArrayInputStream(image));
                float[] red = new float[read.getWidth() * read.getHeight()];
                for (int i = 0; i < red.length; i++) {
                    red[i] = read.getRGB(i % read.getWidth(), i / read.getWidth()) >> 16 & 0xff;
                }
                return FloatTensor.of(red, 1, 1, read.getHeight(), read.getWidth());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {}
    }
}
