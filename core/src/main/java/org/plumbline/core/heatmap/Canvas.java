package org.plumbline.core.heatmap;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/** A white page and what is drawn on it. Confined to one thread. */
final class Canvas implements AutoCloseable {
    static final Color INK = new Color(0x202020);
    static final Color FAINT = new Color(0x606060);
    private static final Color FRAME = new Color(0xB8B8B8);

    private final BufferedImage page;
    private final Graphics2D graphics;

    Canvas(int width, int height) {
        page = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        graphics = page.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
    }

    /** Returns what is drawn. */
    BufferedImage page() {
        return page;
    }

    /** Writes a line whose letters stand on {@code y}. */
    void text(String text, double x, double y, double size, Color color) {
        graphics.setColor(color);
        Lettering.draw(graphics, text, x, y, size);
    }

    /** Writes a line around {@code x}. */
    void centered(String text, double x, double y, double size, Color color) {
        text(text, x - Lettering.width(text, size) / 2, y, size, color);
    }

    /** Puts a picture with a thin frame around it. */
    void picture(BufferedImage picture, int x, int y) {
        fill(x - 1, y - 1, picture.getWidth() + 2, picture.getHeight() + 2, FRAME);
        graphics.drawImage(picture, x, y, null);
    }

    /** Fills a rectangle. */
    void fill(int x, int y, int width, int height, Color color) {
        graphics.setColor(color);
        graphics.fillRect(x, y, width, height);
    }

    @Override
    public void close() {
        graphics.dispose();
    }
}
