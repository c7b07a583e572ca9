package org.plumbline.core.heatmap;

import java.util.ArrayList;
import java.util.List;

/**
 * Signed values as colours: blue below zero, near-white at zero, red above.
 *
 * <p>The way through the colours is that of ColorBrewer's eleven-class {@code RdBu}, which is
 * chosen so that readers with the common colour vision deficiencies tell the two sides apart. It is
 * joined in CIELAB and walked at one speed on both sides, so that equal steps of value are equal
 * colour differences and {@code v} is as strong as {@code -v}.
 *
 * <p>Source: Harrower and Brewer, "ColorBrewer.org", The Cartographic Journal 40(1), 2003.
 */
final class ColorMap {
    private static final int NEUTRAL = 0xF7F7F7;
    private static final int[] REDS = {0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B, 0x67001F};
    private static final int[] BLUES = {0xD1E5F0, 0x92C5DE, 0x4393C3, 0x2166AC, 0x053061};
    private static final int STEPS = 255;
    private static final double DARKEST = 28;

    private static final List<Lab> POSITIVE = arm(REDS);
    private static final List<Lab> NEGATIVE = arm(BLUES);
    private static final double SPEED =
            Math.min(length(POSITIVE), length(NEGATIVE)) / STEPS; // colour difference of a step
    private static final int[] ABOVE = walk(POSITIVE);
    private static final int[] BELOW = walk(NEGATIVE);

    private ColorMap() {}

    /**
     * Returns the colour {@code 0xRRGGBB} of a value.
     *
     * @param position in [-1, 1], beyond which colours stay; not NaN
     */
    static int rgb(double position) {
        int step = (int) Math.round(Math.min(1, Math.abs(position)) * STEPS);
        return position < 0 ? BELOW[step] : ABOVE[step];
    }

    /** Returns the colours of one side, cut where they become too dark to tell apart. */
    private static List<Lab> arm(int... colors) {
        List<Lab> way = new ArrayList<>(List.of(Lab.ofRgb(NEUTRAL)));
        for (int color : colors) {
            Lab last = way.get(way.size() - 1);
            Lab next = Lab.ofRgb(color);
            double share = (last.lightness() - DARKEST) / (last.lightness() - next.lightness());
            way.add(last.towards(next, Math.min(1, share)));
            if (share < 1) {
                break;
            }
        }
        return way;
    }

    private static double length(List<Lab> way) {
        double length = 0;
        for (int i = 1; i < way.size(); i++) {
            length += way.get(i - 1).distance(way.get(i));
        }
        return length;
    }

    private static int[] walk(List<Lab> way) {
        int[] colors = new int[STEPS + 1];
        int leg = 1;
        double behind = 0; // length of the legs before this one
        for (int step = 0; step <= STEPS; step++) {
            double along = step * SPEED - behind;
            double length = way.get(leg - 1).distance(way.get(leg));
            while (along > length && leg < way.size() - 1) {
                behind += length;
                along -= length;
                leg++;
                length = way.get(leg - 1).distance(way.get(leg));
            }
            colors[step] =
                    way.get(leg - 1).towards(way.get(leg), Math.min(1, along / length)).rgb();
        }
        return colors;
    }
}
