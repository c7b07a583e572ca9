package org.plumbline.core.heatmap;

/**
 * How maps are drawn. Immutable.
 *
 * @param rule which magnitude is shown at full strength
 * @param shared whether all maps of a batch have one scale; else each has its own
 * @param enlargement how maps and images become larger
 * @param pixels how inputs become images
 */
public record Style(ScaleRule rule, boolean shared, Enlargement enlargement, PixelRange pixels) {
    /** Returns blocks, one scale up to the largest magnitude, images stretched. */
    public static Style standard() {
        return new Style(ScaleRule.MAXIMUM, true, Enlargement.NEAREST, PixelRange.stretch());
    }
}
