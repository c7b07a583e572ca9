package org.plumbline.core.heatmap;

/** How a map becomes larger than it is. */
public enum Enlargement {
    /** Every cell keeps its value: what was computed, in blocks. */
    NEAREST {
        @Override
        double at(Plane plane, double y, double x) {
            return plane.nearest(y, x);
        }
    },
    /** Values between cell centres are mixed before they are coloured. */
    BILINEAR {
        @Override
        double at(Plane plane, double y, double x) {
            return plane.bilinear(y, x);
        }
    };

    abstract double at(Plane plane, double y, double x);
}
