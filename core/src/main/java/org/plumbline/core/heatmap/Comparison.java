package org.plumbline.core.heatmap;

import org.plumbline.core.tensor.FloatTensor;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Several maps of the same inputs side by side: a row for each input, a column for the input and
 * for each set of maps. Every map has its own scale, since shapes are compared, not amounts.
 */
public final class Comparison {
    private static final int SIDE = 112;
    private static final int MARGIN = 24;
    private static final int GAP = 12;
    private static final int HEADER = 72;
    private static final int CAPTION = 20;
    private static final double TITLE = 20;
    private static final double WORDS = 12;

    private Comparison() {}

    /**
     * Maps under a heading.
     *
     * @param maps {@code [n, h, w]}
     */
    public record Column(String heading, FloatTensor maps) {}

    /**
     * Draws a page.
     *
     * @param inputs {@code [n, c, h, w]}, at least one
     * @param captions one for each input
     * @param columns at least one
     */
    public static BufferedImage draw(
            String title, FloatTensor inputs, List<String> captions, List<Column> columns) {
        if (columns.isEmpty() || captions.size() != inputs.rows()) {
            throw new IllegalArgumentException(
                    "captions: " + captions.size() + " (expected: " + inputs.rows() + ")");
        }
        List<List<HeatPanels>> panels = new ArrayList<>();
        for (Column column : columns) {
            HeatMapBatch batch = new HeatMapBatch(inputs, column.maps());
            panels.add(HeatPanels.of(batch, Style.standard(), SIDE));
        }
        int width = panels.get(0).get(0).width() + GAP;
        int height = panels.get(0).get(0).height() + CAPTION + GAP;
        try (Canvas canvas =
                new Canvas(
                        2 * MARGIN + (columns.size() + 1) * width,
                        MARGIN + HEADER + inputs.rows() * height)) {
            header(canvas, title, columns, width);
            for (int row = 0; row < inputs.rows(); row++) {
                int top = MARGIN + HEADER + row * height;
                canvas.picture(panels.get(0).get(row).input(), MARGIN, top);
                for (int k = 0; k < columns.size(); k++) {
                    canvas.picture(panels.get(k).get(row).map(), MARGIN + (k + 1) * width, top);
                }
                canvas.text(
                        captions.get(row),
                        MARGIN,
                        top + (double) height - GAP - 4,
                        WORDS,
                        Canvas.FAINT);
            }
            return canvas.page();
        }
    }

    private static void header(Canvas canvas, String title, List<Column> columns, int width) {
        canvas.text(
                Lettering.fit(title, TITLE, (columns.size() + 1.0) * width),
                MARGIN,
                MARGIN + 16,
                TITLE,
                Canvas.INK);
        canvas.text("input", MARGIN, MARGIN + HEADER - 10, WORDS, Canvas.INK);
        for (int k = 0; k < columns.size(); k++) {
            canvas.text(
                    Lettering.fit(columns.get(k).heading(), WORDS, width - 4.0),
                    MARGIN + (k + 1.0) * width,
                    MARGIN + HEADER - 10,
                    WORDS,
                    Canvas.INK);
        }
    }
}
