package org.plumbline.worker.generator;

/** Digits, dash and colon of three by five pixels. Immutable. */
final class DigitFont {
    /** Pixels from one letter to the next. */
    static final int ADVANCE = 4;

    /** Pixels from top to bottom. */
    static final int HEIGHT = 5;

    private static final String LETTERS = "0123456789-:";
    private static final String[] ROWS = {
        "### .#. ### ### #.# ### ### ### ### ### ... ...",
        "#.# ##. ..# ..# #.# #.. #.. ..# #.# #.# ... .#.",
        "#.# .#. ### ### ### ### ### .#. ### ### ### ...",
        "#.# .#. #.. ..# ..# ..# #.# .#. #.# ..# ... .#.",
        "### ### ### ### ..# ### ### .#. ### ### ... ..."
    };

    private DigitFont() {}

    /** Returns whether a text set from (0, 0) has ink at a place; spaces have none. */
    static boolean covers(String text, int y, int x) {
        if (y < 0 || y >= HEIGHT || x < 0 || x / ADVANCE >= text.length()) {
            return false;
        }
        int letter = LETTERS.indexOf(text.charAt(x / ADVANCE));
        int column = x % ADVANCE;
        return letter >= 0
                && column < ADVANCE - 1
                && ROWS[y].charAt(letter * ADVANCE + column) == '#';
    }
}
