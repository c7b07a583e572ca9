package org.plumbline.core.heatmap;

/** Which magnitude is shown at full strength. */
public enum ScaleRule {
    /** The largest one. */
    MAXIMUM,
    /** The one that 99.5 % of the values do not exceed, so that few outliers hide nothing. */
    ROBUST
}
