package org.plumbline.core.heatmap;

/** Input, overlay and map side by side. Confined to its owner. */
record Strip(HeatPanels panels, int gap) {
    int width() {
        return 3 * panels.width() + 2 * gap;
    }

    /** Returns where panel {@code i} of three starts. */
    int left(int i) {
        return i * (panels.width() + gap);
    }

    void draw(Canvas canvas, int x, int y) {
        canvas.picture(panels.input(), x + left(0), y);
        canvas.picture(panels.overlay(), x + left(1), y);
        canvas.picture(panels.map(), x + left(2), y);
    }
}
