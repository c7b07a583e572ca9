package org.plumbline.core.torchscript.source;

import java.util.ArrayList;
import java.util.List;

/** The text of one code file and its tokens. Immutable. */
public final class SourceFile {
    private final String entry;
    private final String text;
    private final List<Token> tokens;

    private SourceFile(String entry, String text, List<Token> tokens) {
        this.entry = entry;
        this.text = text;
        this.tokens = tokens;
    }

    /**
     * Reads a file.
     *
     * @param entry name of the zip entry below the archive's root, such as {@code
     *     code/__torch__/net.py}
     * @throws org.plumbline.core.error.AuditException {@code BAD_ARCHIVE} if it cannot be read
     */
    public static SourceFile parse(String entry, String text) {
        return new SourceFile(entry, text, List.copyOf(Tokenizer.tokenize(entry, text)));
    }

    /** Returns the name of the zip entry below the archive's root. */
    public String entry() {
        return entry;
    }

    /** Returns the text. */
    public String text() {
        return text;
    }

    /** Returns the characters from {@code start} to {@code end}. */
    public String text(int start, int end) {
        return text.substring(start, end);
    }

    /** Returns the tokens in order. */
    public List<Token> tokens() {
        return tokens;
    }

    /** Returns the classes, in order. */
    public List<ClassSource> classes() {
        return ClassParser.parse(this);
    }

    /** Returns the functions outside classes, in order. */
    public List<FunctionSource> functions() {
        return ClassParser.functions(this);
    }

    List<Statement> lines() {
        List<Statement> lines = new ArrayList<>();
        List<Token> line = new ArrayList<>();
        for (Token token : tokens) {
            if (token.kind() == Token.Kind.END_OF_LINE) {
                lines.add(new Statement(column(line.get(0)), line));
                line = new ArrayList<>();
            } else {
                line.add(token);
            }
        }
        if (!line.isEmpty()) {
            lines.add(new Statement(column(line.get(0)), line));
        }
        return lines;
    }

    private int column(Token token) {
        return token.start() - (text.lastIndexOf('\n', token.start() - 1) + 1);
    }
}
