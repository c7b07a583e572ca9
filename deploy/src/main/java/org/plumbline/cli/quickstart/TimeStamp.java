package org.plumbline.cli.quickstart;

/**
 * The artifact: a small bright date in the lower right corner, as a camera would print it.
 * Immutable.
 */
enum TimeStamp {
    /** Digits {@code 12:7}, five pixels high. */
    LOWER_RIGHT;

    private static final String[] INK = {
        "#.###.###", //
        "#...#...#",
        "#.###.#.#",
        "#.#.....#",
        "#.###.#.#"
    };
    private static final int TOP = 20;
    private static final int LEFT = 16;

    /** Returns whether the artifact marks a pixel. */
    boolean covers(int y, int x) {
        int row = y - TOP;
        int column = x - LEFT;
        return row >= 0
                && row < INK.length
                && column >= 0
                && column < INK[row].length()
                && INK[row].charAt(column) == '#';
    }
}
