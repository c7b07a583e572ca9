package org.plumbline.core.torchscript.source;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.source.Token.Kind;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits printed TorchScript into tokens. A line end inside brackets is white space, as in Python.
 * Bracket depth and line length are bounded, since the native parser recurses. Confined to one
 * thread.
 */
final class Tokenizer {
    private static final int DEEPEST = 200;
    private static final int LONGEST_LINE = 1 << 16;
    private static final int MOST_TOKENS = 500_000;

    private final String file;
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int depth;
    private int lineStart;

    private Tokenizer(String file, String text) {
        this.file = file;
        this.text = text;
    }

    static List<Token> tokenize(String file, String text) {
        return new Tokenizer(file, text).run();
    }

    private List<Token> run() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                endLine();
            } else if (c == ' ' || c == '\t' || c == '\r') {
                at++;
            } else if (c == '#') {
                skipComment();
            } else if (c == '"' || c == '\'') {
                add(Kind.STRING, stringEnd(c));
            } else if (Character.isDigit(c)) {
                add(Kind.NUMBER, numberEnd());
            } else if (Character.isJavaIdentifierStart(c)) {
                add(Kind.NAME, nameEnd());
            } else {
                punctuation(c);
            }
            if (at - lineStart > LONGEST_LINE) {
                throw bad("a line over " + LONGEST_LINE + " characters", "shorter lines");
            }
        }
        if (depth != 0) {
            throw bad("unbalanced brackets", "code that parses");
        }
        return tokens;
    }

    private void endLine() {
        if (depth == 0
                && !tokens.isEmpty()
                && tokens.get(tokens.size() - 1).kind() != Kind.END_OF_LINE) {
            tokens.add(new Token(Kind.END_OF_LINE, at, at + 1, "\n"));
        }
        at++;
        lineStart = at;
    }

    private void skipComment() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at++;
        }
    }

    private void punctuation(char c) {
        if (c == '(' || c == '[' || c == '{') {
            depth++;
            if (depth > DEEPEST) {
                throw bad("brackets deeper than " + DEEPEST, "flatter code");
            }
        } else if (c == ')' || c == ']' || c == '}') {
            depth--;
            if (depth < 0) {
                throw bad("unbalanced brackets", "code that parses");
            }
        }
        add(Kind.PUNCTUATION, text.startsWith("->", at) ? at + 2 : at + 1);
    }

    private int stringEnd(char quote) {
        int i = at + 1;
        while (i < text.length() && text.charAt(i) != quote) {
            if (text.charAt(i) == '\n') {
                throw bad("an open string", "code that parses");
            }
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        if (i >= text.length()) {
            throw bad("an open string", "code that parses");
        }
        return i + 1;
    }

    private int numberEnd() {
        int i = at;
        while (i < text.length() && isNumberPart(i)) {
            i++;
        }
        return i;
    }

    private boolean isNumberPart(int i) {
        char c = text.charAt(i);
        boolean sign = (c == '+' || c == '-') && Character.toLowerCase(text.charAt(i - 1)) == 'e';
        return Character.isLetterOrDigit(c) || c == '.' || (i > at && sign);
    }

    private int nameEnd() {
        int i = at;
        while (i < text.length() && Character.isJavaIdentifierPart(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private void add(Kind kind, int end) {
        if (tokens.size() >= MOST_TOKENS) {
            throw bad("more than " + MOST_TOKENS + " tokens", "less code");
        }
        tokens.add(new Token(kind, at, end, text.substring(at, end)));
        at = end;
    }

    private AuditException bad(String value, String expected) {
        return AuditException.of(
                ErrorCode.BAD_ARCHIVE, file + " at character " + at, value, expected);
    }
}
