package org.plumbline.core.torchscript;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.source.SourceFile;
import org.plumbline.core.torchscript.source.Token;
import org.plumbline.core.torchscript.source.Token.Kind;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds on the nesting of code beyond brackets. The native parser and compiler recurse over
 * operator chains, blocks and {@code elif}, and a thread's stack is a megabyte. Printed code stays
 * an order of magnitude below. Thread-safe.
 */
final class CodeShape {
    /** Tokens of one list element or statement outside deeper brackets: the longest chain. */
    private static final int LONGEST_CHAIN = 400;

    private static final int DEEPEST_INDENT = 200;
    private static final int MOST_ELIFS = 100;

    private CodeShape() {}

    static void check(SourceFile file) {
        Deque<Integer> outer = new ArrayDeque<>();
        int chain = 0;
        int elifs = 0;
        boolean first = true;
        for (Token token : file.tokens()) {
            if (first && token.kind() != Kind.END_OF_LINE) {
                indent(file, token);
            }
            first = token.kind() == Kind.END_OF_LINE;
            chain++;
            if (first || (token.kind() == Kind.PUNCTUATION && token.text().equals(","))) {
                chain = 0;
            } else if (token.kind() == Kind.PUNCTUATION) {
                chain = bracket(token.text(), chain, outer);
            } else if (token.kind() == Kind.NAME && token.text().equals("elif")) {
                elifs++;
            }
            if (chain > LONGEST_CHAIN || elifs > MOST_ELIFS) {
                throw bad(file, token, chain > LONGEST_CHAIN ? "an expression" : "a chain of elif");
            }
        }
    }

    private static int bracket(String text, int chain, Deque<Integer> outer) {
        switch (text) {
            case "(", "[", "{" -> {
                outer.push(chain);
                return 0;
            }
            case ")", "]", "}" -> {
                return outer.isEmpty() ? chain : outer.pop();
            }
            default -> {
                return chain;
            }
        }
    }

    private static void indent(SourceFile file, Token token) {
        int lineStart = file.text().lastIndexOf('\n', token.start() - 1) + 1;
        if (token.start() - lineStart > DEEPEST_INDENT) {
            throw bad(file, token, "a block");
        }
    }

    private static AuditException bad(SourceFile file, Token token, String what) {
        return AuditException.of(
                ErrorCode.BAD_ARCHIVE,
                file.entry() + " at character " + token.start(),
                what + " nested too deep",
                "flatter code");
    }
}
