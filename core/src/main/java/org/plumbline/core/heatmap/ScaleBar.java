package org.plumbline.core.heatmap;

import java.awt.image.BufferedImage;

/**
 * The colours of a scale with their values: zero and both ends, or zero and the end where no value
 * is below zero. Immutable.
 */
record ScaleBar(HeatScale scale, String quantity) {
    /** Pixels from the top of the bar to the foot of its words. */
    static final int HEIGHT = 42;

    private static final int THICKNESS = 12;
    private static final int TICK = 4;
    private static final double NUMBERS = 11;
    private static final int NUMBERS_FOOT = THICKNESS + TICK + 11;
    private static final int WORDS_FOOT = NUMBERS_FOOT + 14;
    private static final int SIDE_SPACE = 24; // half of the widest number

    /** Draws the bar; its numbers stay within {@code width}. */
    void draw(Canvas canvas, int x, int y, int width) {
        int left = x + SIDE_SPACE;
        int length = (width - 2 * SIDE_SPACE - 1) | 1; // odd, so that zero has a pixel
        canvas.picture(colors(length), left, y);
        double[] shares =
                scale.signed() ? new double[] {-1, -0.5, 0, 0.5, 1} : new double[] {0, 0.5, 1};
        for (double share : scale.limit() == 0 ? new double[] {0} : shares) {
            int at = left + (int) Math.round(place(share) * (length - 1));
            canvas.fill(at, y + THICKNESS + 1, 1, TICK, Canvas.INK);
            canvas.centered(label(share), at, y + NUMBERS_FOOT, NUMBERS, Canvas.INK);
        }
        String words = Lettering.fit(quantity, NUMBERS, width);
        canvas.centered(words, left + length / 2.0, y + WORDS_FOOT, NUMBERS, Canvas.FAINT);
    }

    /** Returns the value at a share of the limit; its ends say where values go on beyond. */
    private String label(double share) {
        String number = Numbers.text(share * scale.limit());
        if (!scale.clipped() || Math.abs(share) < 1) {
            return number;
        }
        return (share > 0 ? "\u2265" : "\u2264") + number;
    }

    private double place(double share) {
        return scale.signed() || scale.limit() == 0 ? (share + 1) / 2 : share;
    }

    private BufferedImage colors(int length) {
        BufferedImage bar = new BufferedImage(length, THICKNESS, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < length; i++) {
            double along = i / (length - 1.0);
            double share = scale.signed() ? 2 * along - 1 : along;
            int rgb = ColorMap.rgb(scale.limit() == 0 ? 0 : share);
            for (int j = 0; j < THICKNESS; j++) {
                bar.setRGB(i, j, rgb);
            }
        }
        return bar;
    }
}
