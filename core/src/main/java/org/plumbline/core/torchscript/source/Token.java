package org.plumbline.core.torchscript.source;

/**
 * A lexical unit with its place in the text. Immutable.
 *
 * @param start first character
 * @param end one past the last character
 * @param text the characters
 */
public record Token(Kind kind, int start, int end, String text) {
    /** What a token is. */
    public enum Kind {
        /** Identifier or keyword. */
        NAME,
        /** Number literal. */
        NUMBER,
        /** String literal with its quotes. */
        STRING,
        /** One character of punctuation, or {@code ->}. */
        PUNCTUATION,
        /** End of a logical line, outside brackets. */
        END_OF_LINE
    }

    boolean is(String expected) {
        return text.equals(expected) && kind != Kind.STRING;
    }
}
