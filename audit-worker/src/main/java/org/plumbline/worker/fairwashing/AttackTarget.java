package org.plumbline.worker.fairwashing;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.TargetMap;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** What explanations shall show, from bytes of strangers. Thread-safe. */
public final class AttackTarget {
    /** Most bytes of a target. */
    public static final int LARGEST = 1 << 20;

    private static final long MOST_PIXELS = 4096L * 4096;
    private static final byte NPY = (byte) 0x93; // first byte of a .npy file, of no picture

    private AttackTarget() {}

    /**
     * Reads a map {@code [h, w]} as {@code .npy}, or a picture whose dark pixels count.
     *
     * @return {@code [h, w]}, sums to 1
     * @throws AuditException {@code BAD_DATA} if it is neither, or too large
     */
    public static FloatTensor read(byte[] content) {
        if (content.length > LARGEST) {
            throw refused(content.length + " bytes", "at most " + LARGEST);
        }
        try {
            return content.length > 0 && content[0] == NPY
                    ? TargetMap.of(
                            NpyFile.readFloats(
                                    new ByteArrayInputStream(content), "target", MOST_PIXELS))
                    : TargetMap.of(picture(content));
        } catch (IOException e) {
            throw refused(String.valueOf(e.getMessage()), "a picture or a map [h,w], .npy");
        }
    }

    /** Looks at the size before pixels are unpacked: a small file may hold a huge picture. */
    private static BufferedImage picture(byte[] content) throws IOException {
        try (ImageInputStream in =
                ImageIO.createImageInputStream(new ByteArrayInputStream(content))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IOException(content.length + " bytes of no known picture");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MOST_PIXELS) {
                    throw new IOException(pixels + " pixels");
                }
                return reader.read(0);
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new IOException("broken picture", e);
            } finally {
                reader.dispose();
            }
        }
    }

    private static AuditException refused(String value, String expected) {
        return AuditException.of(ErrorCode.BAD_DATA, "target", value, expected);
    }
}
