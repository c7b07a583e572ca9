package org.plumbline.plugin.concept;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** What an image must be before anything decodes it. Thread-safe. */
final class ImageRules {
    static final int LARGEST_FILE = 16 << 20;
    private static final long MOST_PIXELS = 64L << 20;

    private ImageRules() {}

    /** Returns whether a file's name is that of an image. */
    static boolean named(String file) {
        String name = file.toLowerCase(Locale.ROOT);
        return name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
    }

    /**
     * Reads no more than the header.
     *
     * @throws AuditException {@code BAD_DATA} naming the file if it is empty, too large, no PNG or
     *     JPEG image, or would have too many pixels
     */
    static void require(byte[] image, String file) {
        if (image.length == 0) {
            throw bad(file, "0 bytes", "a PNG or JPEG image");
        }
        if (image.length > LARGEST_FILE) {
            throw bad(file, "over " + LARGEST_FILE + " bytes", "a smaller image");
        }
        long pixels = pixels(image, file);
        if (pixels > MOST_PIXELS) {
            throw bad(file, pixels + " pixels", "at most " + MOST_PIXELS);
        }
    }

    private static long pixels(byte[] image, String file) {
        try (ImageInputStream in =
                new MemoryCacheImageInputStream(new ByteArrayInputStream(image))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw bad(file, image.length + " other bytes", "a PNG or JPEG image");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                return (long) reader.getWidth(0) * reader.getHeight(0);
            } finally {
                reader.dispose();
            }
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA,
                    file + ": damaged header (expected: a PNG or JPEG image)",
                    e);
        }
    }

    private static AuditException bad(String file, Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_DATA, file, value, expected);
    }
}
