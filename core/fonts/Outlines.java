import java.awt.Font;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.font.GlyphVector;
import java.awt.geom.PathIterator;
import java.io.File;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Prints the glyph outlines that core.heatmap draws its letters from, so that pictures need no font on the machine that
 * draws them. Run by hand: {@code java Outlines.java DejaVuSans.ttf > .../core/heatmap/dejavu-sans.txt}, with DejaVu
 * fonts 2.37.
 *
 * <p>A line holds a code point, the advance and the outline in font units (2048 to the em, y downwards): M, L, Q and Z
 * as in SVG paths.
 */
final class Outlines {
    private static final float EM = 2048;

    private Outlines() {}

    public static void main(String[] arguments) throws Exception {
        Font font = Font.createFont(Font.TRUETYPE_FONT, new File(arguments[0])).deriveFont(EM);
        FontRenderContext exact = new FontRenderContext(null, true, true);
        System.out.println("# DejaVu Sans 2.37: code point, advance, outline; made by core/fonts/Outlines.java; licence: dejavu-sans-LICENSE.txt");
        IntStream.concat(
                        IntStream.concat(IntStream.rangeClosed(' ', '~'), IntStream.rangeClosed(0xa1, 0xff)),
                        IntStream.of(0x2013, 0x2026, 0x2212, 0x2264, 0x2265))
                .filter(c -> c != 0xad)
                .forEach(c -> System.out.println(line(c, font.createGlyphVector(exact, Character.toString(c)))));
    }

    private static String line(int codePoint, GlyphVector glyph) {
        StringBuilder line = new StringBuilder();
        line.append(String.format(Locale.ROOT, "%d %d ", codePoint, Math.round(glyph.getGlyphMetrics(0).getAdvance())));
        Shape outline = glyph.getOutline();
        double[] at = new double[6];
        for (PathIterator i = outline.getPathIterator(null); !i.isDone(); i.next()) {
            switch (i.currentSegment(at)) {
                case PathIterator.SEG_MOVETO -> points(line.append('M'), at, 2);
                case PathIterator.SEG_LINETO -> points(line.append('L'), at, 2);
                case PathIterator.SEG_QUADTO -> points(line.append('Q'), at, 4);
                case PathIterator.SEG_CLOSE -> line.append('Z');
                default -> throw new IllegalStateException("TrueType outlines are quadratic");
            }
        }
        return line.toString().strip();
    }

    private static void points(StringBuilder line, double[] at, int count) {
        for (int k = 0; k < count; k++) {
            line.append(k == 0 ? "" : ",").append(Math.round(at[k]));
        }
    }
}
