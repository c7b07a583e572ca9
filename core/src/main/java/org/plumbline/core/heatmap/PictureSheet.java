package org.plumbline.core.heatmap;

import org.plumbline.core.tensor.FloatTensor;

import java.awt.image.BufferedImage;
import java.util.List;

/** Model inputs in a grid with a line of words below each, on one page. Confined to its owner. */
public final class PictureSheet {
    private static final int COLUMNS = 12;
    private static final int MARGIN = 24;
    private static final int GAP = 16;
    private static final int HEADER = 44;
    private static final int CAPTION = 38;
    private static final double TITLE = 20;
    private static final double HEADING = 13;
    private static final double DETAIL = 11.5;

    private final FloatTensor inputs;
    private final List<Caption> captions;
    private final PixelRange pixels;
    private final int side;

    /**
     * Prepares a page.
     *
     * @param inputs {@code [n, c, h, w]}, {@code n} at least 1
     * @param captions one for each
     * @param side pixels the longer side of a picture has at most; small inputs are enlarged by a
     *     whole number
     * @throws IllegalArgumentException if the numbers differ
     */
    public PictureSheet(FloatTensor inputs, List<Caption> captions, PixelRange pixels, int side) {
        if (inputs.rows() == 0 || inputs.rows() != captions.size()) {
            throw new IllegalArgumentException(
                    "captions: " + captions.size() + " (expected: " + inputs.rows() + ", not 0)");
        }
        pixels.check(inputs.extent(1));
        this.inputs = inputs;
        this.captions = List.copyOf(captions);
        this.pixels = pixels;
        this.side = side;
    }

    /** Draws it. */
    public BufferedImage draw(String title) {
        double zoom = (double) side / Math.max(inputs.extent(2), inputs.extent(3));
        double whole = zoom > 1 ? Math.floor(zoom) : zoom;
        int height = Math.max(1, (int) Math.round(inputs.extent(2) * whole));
        int width = Math.max(1, (int) Math.round(inputs.extent(3) * whole));
        int columns = Math.min(COLUMNS, inputs.rows());
        int rows = (inputs.rows() + columns - 1) / columns;
        int cell = Math.max(width, side) + GAP;
        int tall = height + CAPTION + GAP;
        int page = Math.max(4 * cell, columns * cell) - GAP;
        try (Canvas canvas =
                new Canvas(page + 2 * MARGIN, 2 * MARGIN + HEADER + rows * tall - GAP)) {
            String fitted = Lettering.fit(title, TITLE, page);
            canvas.text(fitted, MARGIN, MARGIN + 16, TITLE, Canvas.INK);
            for (int i = 0; i < inputs.rows(); i++) {
                int x = MARGIN + i % columns * cell;
                int y = MARGIN + HEADER + i / columns * tall;
                canvas.picture(picture(i, height, width), x, y);
                words(canvas, captions.get(i), x, y + height, cell - GAP);
            }
            return canvas.page();
        }
    }

    private static void words(Canvas canvas, Caption caption, int x, int y, int width) {
        String heading = Lettering.fit(caption.heading(), HEADING, width);
        canvas.text(heading, x, y + 16, HEADING, Canvas.INK);
        String detail = Lettering.fit(caption.detail(), DETAIL, width);
        canvas.text(detail, x, y + 31, DETAIL, Canvas.FAINT);
    }

    private BufferedImage picture(int row, int height, int width) {
        InputImage image = InputImage.of(inputs, row, pixels);
        BufferedImage out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double fromY = (y + 0.5) * image.height() / height;
                double fromX = (x + 0.5) * image.width() / width;
                out.setRGB(x, y, image.rgb(Enlargement.NEAREST, fromY, fromX));
            }
        }
        return out;
    }
}
