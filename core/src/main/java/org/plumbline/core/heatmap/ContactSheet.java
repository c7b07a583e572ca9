package org.plumbline.core.heatmap;

import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Many explanations in a grid, on as many pages as they need, each of bounded size. Confined to its
 * owner.
 */
public final class ContactSheet {
    /** Pixels the longer side of each panel has at most. */
    public static final int SIDE = 112;

    private static final int WIDTH = 1600;
    private static final int HEIGHT = 2000;
    private static final int MARGIN = 24;
    private static final int GAP = 4;
    private static final int SPACE = 28;
    private static final int HEADER = 64;
    private static final int CAPTION = 36;
    private static final double TITLE = 20;
    private static final double HEADING = 13;
    private static final double DETAIL = 11.5;
    private static final int BAR = 344;
    private static final int NARROWEST = 200;

    private final List<HeatPanels> panels;
    private final List<Caption> captions;
    private final Legend legend;
    private final boolean shared;
    private final int wordWidth;
    private final int cellWidth;
    private final int cellHeight;
    private final int columns;
    private final int rows;

    /**
     * Lays out panels, best made with {@link #SIDE}.
     *
     * @param panels of one batch, so of one size; at least one
     * @param captions one for each
     * @throws IllegalArgumentException if the numbers differ or there is none
     */
    public ContactSheet(List<HeatPanels> panels, List<Caption> captions, Legend legend) {
        if (panels.isEmpty() || panels.size() != captions.size()) {
            throw new IllegalArgumentException(
                    "captions: " + captions.size() + " (expected: " + panels.size() + ", not 0)");
        }
        this.panels = List.copyOf(panels);
        this.captions = List.copyOf(captions);
        this.legend = legend;
        shared = panels.stream().map(HeatPanels::scale).distinct().count() == 1;
        wordWidth = Math.max(new Strip(panels.get(0), GAP).width(), NARROWEST);
        cellWidth = wordWidth + SPACE;
        cellHeight = panels.get(0).height() + CAPTION + (shared ? 0 : ScaleBar.HEIGHT) + SPACE;
        columns = Math.min(panels.size(), Math.max(1, (WIDTH - 2 * MARGIN + SPACE) / cellWidth));
        rows = Math.max(1, (HEIGHT - 2 * MARGIN - HEADER + SPACE) / cellHeight);
    }

    /** Returns the number of pages, at least 1. */
    public int pages() {
        return (panels.size() + perPage() - 1) / perPage();
    }

    /** Returns the number of explanations a full page holds. */
    public int perPage() {
        return columns * rows;
    }

    /** Draws page {@code page}, counted from 0. */
    public BufferedImage page(int page) {
        int from = page * perPage();
        int to = Math.min(panels.size(), from + perPage());
        int used = (to - from + columns - 1) / columns;
        int width = Math.max(2 * BAR, columns * cellWidth - SPACE);
        int height = 2 * MARGIN + HEADER + used * cellHeight - SPACE;
        try (Canvas canvas = new Canvas(width + 2 * MARGIN, height)) {
            header(canvas, page, width);
            for (int i = from; i < to; i++) {
                int column = (i - from) % columns;
                int row = (i - from) / columns;
                cell(canvas, i, MARGIN + column * cellWidth, MARGIN + HEADER + row * cellHeight);
            }
            return canvas.page();
        }
    }

    private void header(Canvas canvas, int page, int width) {
        int words = shared ? width - BAR : width;
        canvas.text(
                Lettering.fit(legend.title(), TITLE, words),
                MARGIN,
                MARGIN + 16,
                TITLE,
                Canvas.INK);
        String second =
                "each: input, map over input, map \u00b7 "
                        + (shared
                                ? "one scale for all"
                                : legend.quantity() + ", each on its own scale")
                        + (pages() > 1 ? " \u00b7 page " + (page + 1) + " of " + pages() : "");
        canvas.text(
                Lettering.fit(second, HEADING, words), MARGIN, MARGIN + 38, HEADING, Canvas.FAINT);
        if (shared) {
            new ScaleBar(panels.get(0).scale(), legend.quantity())
                    .draw(canvas, MARGIN + width - BAR, MARGIN, BAR);
        }
    }

    private void cell(Canvas canvas, int index, int x, int y) {
        HeatPanels cell = panels.get(index);
        new Strip(cell, GAP).draw(canvas, x, y);
        Caption caption = captions.get(index);
        String detail = cell.remarked(caption.detail());
        int foot = y + cell.height();
        canvas.text(
                Lettering.fit(caption.heading(), HEADING, wordWidth),
                x,
                foot + 16,
                HEADING,
                Canvas.INK);
        canvas.text(Lettering.fit(detail, DETAIL, wordWidth), x, foot + 31, DETAIL, Canvas.FAINT);
        if (!shared) {
            new ScaleBar(cell.scale(), "").draw(canvas, x, foot + CAPTION + 2, wordWidth);
        }
    }
}
