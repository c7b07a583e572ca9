package org.plumbline.core.torchscript;

import org.plumbline.core.torchscript.source.SourceFile;
import org.plumbline.core.torchscript.source.Token;
import org.plumbline.core.torchscript.source.Token.Kind;

import java.util.List;
import java.util.Optional;

/** Finds loops whose number of passes the code does not state. Thread-safe. */
final class Loops {
    private static final int MOST_PASSES = 1000;

    private Loops() {}

    /** Returns the place of the first {@code while}, or {@code for} not over a small constant. */
    static Optional<String> unbounded(SourceFile file) {
        List<Token> tokens = file.tokens();
        for (int i = 0; i < tokens.size(); i++) {
            boolean loop = is(tokens, i, "while") || (is(tokens, i, "for") && !counted(tokens, i));
            if (loop) {
                int start = tokens.get(i).start();
                long line = 1 + file.text().chars().limit(start).filter(c -> c == '\n').count();
                return Optional.of(file.entry() + " line " + line);
            }
        }
        return Optional.empty();
    }

    /** {@code for NAME in range ( NUMBER )}. */
    private static boolean counted(List<Token> tokens, int at) {
        return is(tokens, at + 2, "in")
                && is(tokens, at + 3, "range")
                && is(tokens, at + 4, "(")
                && is(tokens, at + 6, ")")
                && isSmall(tokens.get(at + 5).text());
    }

    private static boolean isSmall(String number) {
        return number.matches("\\d{1,4}") && Integer.parseInt(number) <= MOST_PASSES;
    }

    private static boolean is(List<Token> tokens, int i, String text) {
        return i < tokens.size()
                && tokens.get(i).kind() != Kind.STRING
                && tokens.get(i).text().equals(text);
    }
}
