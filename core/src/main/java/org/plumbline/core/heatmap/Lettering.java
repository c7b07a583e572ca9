package org.plumbline.core.heatmap;

import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Text from outlines that come with this package: pictures look the same everywhere and need no
 * font, which servers often lack. Latin letters; others are drawn as a question mark. Thread-safe.
 */
final class Lettering {
    private static final double EM = 2048;
    private static final String ELLIPSIS = "\u2026";
    private static final int UNKNOWN = '?';
    private static final int LONGEST = 400;
    private static final Map<Integer, Glyph> GLYPHS = load("dejavu-sans.txt");

    private Lettering() {}

    /** Returns the width of a line in pixels. */
    static double width(String text, double size) {
        return glyphs(text).mapToDouble(Glyph::advance).sum() * size / EM;
    }

    /** Draws a line in the graphics' colour, from {@code x} on, letters standing on {@code y}. */
    static void draw(Graphics2D g, String text, double x, double y, double size) {
        AffineTransform place = AffineTransform.getTranslateInstance(x, y);
        place.scale(size / EM, size / EM);
        glyphs(text)
                .forEach(
                        glyph -> {
                            g.fill(place.createTransformedShape(glyph.outline()));
                            place.translate(glyph.advance(), 0);
                        });
    }

    /** Returns the text, cut and ended by an ellipsis where it is wider than {@code width}. */
    static String fit(String text, double size, double width) {
        int[] all = text.codePoints().limit(LONGEST).toArray();
        String cut = new String(all, 0, all.length);
        for (int kept = all.length - 1; kept >= 0 && width(cut, size) > width; kept--) {
            cut = new String(all, 0, kept).stripTrailing() + ELLIPSIS;
        }
        return cut;
    }

    private static Stream<Glyph> glyphs(String text) {
        return text.codePoints()
                .mapToObj(
                        c ->
                                Objects.requireNonNull(
                                        GLYPHS.get(GLYPHS.containsKey(c) ? c : UNKNOWN)));
    }

    private static Map<Integer, Glyph> load(String resource) {
        try (InputStream in = Lettering.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", 3))
                    .collect(
                            Collectors.toUnmodifiableMap(
                                    parts -> Integer.valueOf(parts[0]), Glyph::parse));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Glyph(int advance, Path2D outline) {
        static Glyph parse(String... parts) {
            Path2D path = new Path2D.Double();
            if (parts.length > 2) {
                for (String segment : parts[2].split("(?=[MLQZ])", -1)) {
                    add(path, segment);
                }
            }
            return new Glyph(Integer.parseInt(parts[1]), path);
        }

        private static void add(Path2D path, String segment) {
            int[] at =
                    Arrays.stream(segment.substring(1).split(",", -1))
                            .filter(number -> !number.isEmpty())
                            .mapToInt(Integer::parseInt)
                            .toArray();
            switch (segment.charAt(0)) {
                case 'M' -> path.moveTo(at[0], at[1]);
                case 'L' -> path.lineTo(at[0], at[1]);
                case 'Q' -> path.quadTo(at[0], at[1], at[2], at[3]);
                default -> path.closePath();
            }
        }
    }
}
