package org.plumbline.core.heatmap;

import java.awt.image.BufferedImage;

/** One explanation, large: words, input, overlay and map, scale. Thread-safe. */
public final class Figure {
    /** Pixels the longer side of each panel has at most. */
    public static final int SIDE = 280;

    private static final int MARGIN = 20;
    private static final int GAP = 12;
    private static final double HEADING = 19;
    private static final double DETAIL = 13;
    private static final double SMALL = 12;
    private static final int WORDS = 70;
    private static final int NAMES = 24;

    private Figure() {}

    /** Draws panels, best made with {@link #SIDE}. */
    public static BufferedImage draw(HeatPanels panels, Caption caption, Legend legend) {
        Strip strip = new Strip(panels, GAP);
        int width = Math.max(strip.width(), SIDE);
        int below = MARGIN + WORDS + panels.height() + NAMES;
        int height = below + ScaleBar.HEIGHT + MARGIN;
        try (Canvas canvas = new Canvas(width + 2 * MARGIN, height)) {
            words(canvas, caption, panels.remarked(caption.detail()), legend, width);
            strip.draw(canvas, MARGIN, MARGIN + WORDS);
            String[] names = {"input", "map over input", "map"};
            for (int i = 0; i < names.length; i++) {
                double middle = MARGIN + strip.left(i) + panels.width() / 2.0;
                canvas.centered(names[i], middle, below - NAMES + 16, SMALL, Canvas.FAINT);
            }
            int bar = strip.width() >= 2 * SIDE ? strip.left(1) : 0;
            new ScaleBar(panels.scale(), legend.quantity())
                    .draw(canvas, MARGIN + bar, below, width - bar);
            return canvas.page();
        }
    }

    private static void words(
            Canvas canvas, Caption caption, String detail, Legend legend, int width) {
        canvas.text(
                Lettering.fit(caption.heading(), HEADING, width),
                MARGIN,
                MARGIN + 16,
                HEADING,
                Canvas.INK);
        canvas.text(Lettering.fit(detail, DETAIL, width), MARGIN, MARGIN + 37, DETAIL, Canvas.INK);
        canvas.text(
                Lettering.fit(legend.title(), SMALL, width),
                MARGIN,
                MARGIN + 56,
                SMALL,
                Canvas.FAINT);
    }
}
