package org.plumbline.worker.fairwashing;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.TargetMap;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.dataset.ImageReader;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;

import javax.imageio.ImageIO;
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

    private static BufferedImage picture(byte[] content) throws IOException {
        try (ImageInputStream in =
                ImageIO.createImageInputStream(new ByteArrayInputStream(content))) {
            return ImageReader.decode(in, MOST_PIXELS);
        }
    }

    private static AuditException refused(String value, String expected) {
        return AuditException.of(ErrorCode.BAD_DATA, "target", value, expected);
    }
}
