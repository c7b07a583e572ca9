package org.plumbline.worker.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Grey images of 28 x 28 pixels, each a digit of a bitmap font on a black ground, shifted, with
 * uneven ink: a stand-in where no images may be downloaded. Thread-safe.
 */
public final class Glyphs {
    private static final int SIDE = 28;
    private static final int CLASSES = 10;
    private static final int SCALE = 4;
    private static final int DARKEST = 120;

    private Glyphs() {}

    /** Returns {@code n} images, classes in turn; the same seed gives the same images. */
    public static PictureSet draw(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Picture> images = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            String digit = String.valueOf(i % CLASSES);
            int left = random.nextInt(2, SIDE - 3 * SCALE - 1);
            int top = random.nextInt(1, SIDE - DigitFont.HEIGHT * SCALE);
            int[] ink = random.ints(SIDE * SIDE, DARKEST, 256).toArray();
            images.add(
                    Picture.drawn(
                            1,
                            SIDE,
                            SIDE,
                            (c, y, x) -> covers(digit, y - top, x - left) ? ink[y * SIDE + x] : 0));
            labels.add(i % CLASSES);
        }
        return new PictureSet(images, labels);
    }

    private static boolean covers(String digit, int y, int x) {
        return y >= 0 && x >= 0 && DigitFont.covers(digit, y / SCALE, x / SCALE);
    }
}
