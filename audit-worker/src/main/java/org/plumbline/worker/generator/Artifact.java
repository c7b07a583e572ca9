package org.plumbline.worker.generator;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * A controlled artifact: something put into an image that says nothing about its class.
 *
 * <p>Source: frederikpahde/rrclarc, {@code datasets}: time stamp, brightness and least significant
 * bits as published; colour and patch in the same form.
 */
public enum Artifact {
    /** A date as a camera prints it; where an image is too small for one, a few bright digits. */
    TIMESTAMP("timestamp") {
        @Override
        public Marked mark(Picture image, SplittableRandom random) {
            return image.width() < TimeStamp.LEAST_WIDTH
                    ? CornerStamp.mark(image)
                    : TimeStamp.mark(image, random);
        }
    },
    /** {@code floor(0.7 v + 0.3 * 255)} everywhere. */
    BRIGHTNESS("brightness") {
        @Override
        public Marked mark(Picture image, SplittableRandom random) {
            return new Marked(
                    image.drawn((c, y, x) -> (int) (0.7 * image.level(c, y, x) + 0.3 * WHITE)),
                    everywhere(image));
        }
    },
    /** A red cast: green and blue at six tenths; grey images become coloured. */
    COLOUR("colour") {
        @Override
        public Marked mark(Picture image, SplittableRandom random) {
            Picture coloured = image.coloured();
            return new Marked(
                    coloured.drawn(
                            (c, y, x) -> (int) ((c == 0 ? 1 : 0.6) * coloured.level(c, y, x))),
                    everywhere(image));
        }
    },
    /** A white square in the upper left corner, a seventh of the shorter side. */
    PATCH("patch") {
        @Override
        public Marked mark(Picture image, SplittableRandom random) {
            int side = Math.max(2, Math.min(image.height(), image.width()) / 7);
            return inked(image, (y, x) -> y >= 1 && y <= side && x >= 1 && x <= side);
        }
    },
    /** Three bit planes replaced by those of a fixed text. */
    LSB("lsb") {
        @Override
        public Marked mark(Picture image, SplittableRandom random) {
            return new Marked(LeastSignificantBits.write(image), everywhere(image));
        }
    };

    private static final int WHITE = 255;

    private final String label;

    Artifact(String label) {
        this.label = label;
    }

    /**
     * An image with an artifact. Immutable.
     *
     * @param mask where it lies: one channel, 0 or 255
     */
    public record Marked(Picture image, Picture mask) {}

    /** Where something is drawn. */
    @FunctionalInterface
    interface Ink {
        boolean covers(int y, int x);
    }

    /** Returns an image with the artifact. The same random state gives the same image. */
    public abstract Marked mark(Picture image, SplittableRandom random);

    /** Returns the name used outside. */
    public String label() {
        return label;
    }

    /**
     * Returns the artifact of a name.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if there is none
     */
    public static Artifact of(String label) {
        return Arrays.stream(values())
                .filter(a -> a.label.equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.INVALID_ARGUMENT, "artifact", label, labels()));
    }

    /** Returns the names, with commas. */
    public static String labels() {
        return Arrays.stream(values()).map(Artifact::label).collect(Collectors.joining(", "));
    }

    static Marked inked(Picture image, Ink ink) {
        return new Marked(
                image.drawn((c, y, x) -> ink.covers(y, x) ? WHITE : image.level(c, y, x)),
                Picture.drawn(
                        1,
                        image.height(),
                        image.width(),
                        (c, y, x) -> ink.covers(y, x) ? WHITE : 0));
    }

    private static Picture everywhere(Picture image) {
        return Picture.drawn(1, image.height(), image.width(), (c, y, x) -> WHITE);
    }
}
