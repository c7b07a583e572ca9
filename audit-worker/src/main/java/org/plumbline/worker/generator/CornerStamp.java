package org.plumbline.worker.generator;

/** Digits {@code 12:7}, five pixels high, white, three pixels from the lower right corner. */
final class CornerStamp {
    private static final String[] INK = {
        "#.###.###", //
        "#...#...#",
        "#.###.#.#",
        "#.#.....#",
        "#.###.#.#"
    };
    private static final int MARGIN = 3;

    private CornerStamp() {}

    static Artifact.Marked mark(Picture image) {
        int top = image.height() - MARGIN - INK.length;
        int left = image.width() - MARGIN - INK[0].length();
        return Artifact.inked(image, (y, x) -> covers(y - top, x - left));
    }

    private static boolean covers(int row, int column) {
        return row >= 0
                && row < INK.length
                && column >= 0
                && column < INK[row].length()
                && INK[row].charAt(column) == '#';
    }
}
