package org.plumbline.worker.generator;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A random second of 2020 to 2022, near a corner, dark or bright, a little rotated and scaled.
 *
 * <p>Source: frederikpahde/rrclarc, time stamp of the ImageNet experiments, with a font of our own;
 * lengths are given for 224 pixels and scaled.
 */
final class TimeStamp {
    /** Narrower images cannot hold the text. */
    static final int LEAST_WIDTH = 112;

    private static final int WIDTH = 224;
    private static final LocalDateTime FROM = LocalDateTime.of(2020, 1, 1, 0, 0);
    private static final LocalDateTime TO = LocalDateTime.of(2022, 12, 31, 23, 59, 59);
    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final int MARGIN = 20;
    private static final int LETTERS = 100;

    private TimeStamp() {}

    static Artifact.Marked mark(Picture image, SplittableRandom random) {
        String text =
                FROM.plusSeconds(random.nextLong(Duration.between(FROM, TO).toSeconds() + 1))
                        .format(FORM);
        int base = random.nextBoolean() ? 10 : 245;
        int[] colour = new int[image.channels()];
        for (int c = 0; c < colour.length; c++) {
            colour[c] = base + (int) (5 * random.nextGaussian());
        }
        double zoom = image.width() / (double) random.nextInt(199, 249);
        double x0 = place(random, WIDTH - LETTERS - MARGIN, WIDTH - LETTERS - 15);
        double y0 = place(random, WIDTH - MARGIN, WIDTH - 15) * image.height() / image.width();
        double angle = Math.toRadians(random.nextInt(-30, 31) / 10.0);
        double letter = (double) LETTERS / (text.length() * DigitFont.ADVANCE) * zoom;
        double left = x0 * image.width() / WIDTH;
        double top =
                Math.min(
                        y0 * image.width() / WIDTH,
                        image.height() - 1.0 - DigitFont.HEIGHT * letter);
        Artifact.Ink ink =
                (y, x) -> {
                    double dx = x + 0.5 - left;
                    double dy = y + 0.5 - top;
                    double u = (Math.cos(angle) * dx + Math.sin(angle) * dy) / letter;
                    double v = (Math.cos(angle) * dy - Math.sin(angle) * dx) / letter;
                    return DigitFont.covers(text, (int) Math.floor(v), (int) Math.floor(u));
                };
        return new Artifact.Marked(
                image.drawn((c, y, x) -> ink.covers(y, x) ? colour[c] : image.level(c, y, x)),
                box(image, ink));
    }

    /** One of two places 20 pixels from an edge, jittered, at least 15 from both. */
    private static double place(SplittableRandom random, int far, int most) {
        double at = random.nextBoolean() ? MARGIN : far;
        return Math.max(15, Math.min(most, at + (int) (2 * random.nextGaussian())));
    }

    /** The bounding box of what was drawn, filled. */
    private static Picture box(Picture image, Artifact.Ink ink) {
        int top = image.height();
        int bottom = -1;
        int left = image.width();
        int right = -1;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                if (ink.covers(y, x)) {
                    top = Math.min(top, y);
                    bottom = Math.max(bottom, y);
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                }
            }
        }
        int[] edges = {top, bottom, left, right};
        return Picture.drawn(
                1,
                image.height(),
                image.width(),
                (c, y, x) ->
                        y >= edges[0] && y <= edges[1] && x >= edges[2] && x <= edges[3] ? 255 : 0);
    }
}
