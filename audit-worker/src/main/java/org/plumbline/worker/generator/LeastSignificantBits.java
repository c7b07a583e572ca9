package org.plumbline.worker.generator;

import java.nio.charset.StandardCharsets;

/**
 * Hides a text in the lowest bit planes: plane j of the levels, taken row by row and pixel by pixel
 * with their channels together, holds bits {@code [j N, (j + 1) N)} of the text, repeated.
 *
 * <p>Source: frederikpahde/rrclarc, LSB attack of the ISIC experiments, three planes.
 */
final class LeastSignificantBits {
    private static final int PLANES = 3;
    private static final int BYTE = 8;
    private static final byte[] TEXT =
            ("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor"
                            + " incididunt ut labore et dolore magna aliqua. Ut enim ad minim"
                            + " veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip"
                            + " ex ea commodo consequat. ")
                    .getBytes(StandardCharsets.US_ASCII);

    private LeastSignificantBits() {}

    static Picture write(Picture image) {
        int channels = image.channels();
        long size = image.size();
        return image.drawn(
                (c, y, x) -> {
                    long at = ((long) y * image.width() + x) * channels + c;
                    int level = image.level(c, y, x);
                    for (int plane = 0; plane < PLANES; plane++) {
                        int cleared = level & ~(1 << plane);
                        level = cleared | (bit(plane * size + at) << plane);
                    }
                    return level;
                });
    }

    /** Most significant bit of each character first. */
    private static int bit(long index) {
        int at = (int) (index / BYTE % TEXT.length);
        return (TEXT[at] >> (BYTE - 1 - index % BYTE)) & 1;
    }
}
