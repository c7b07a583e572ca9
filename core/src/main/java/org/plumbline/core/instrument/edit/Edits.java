package org.plumbline.core.instrument.edit;

import org.plumbline.core.torchscript.source.SourceFile;
import org.plumbline.core.torchscript.source.Statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Replacements of stretches of a file's text, applied on copying. Confined to one thread. */
public final class Edits {
    private final SourceFile file;
    private final TreeMap<Integer, Edit> edits = new TreeMap<>();

    public Edits(SourceFile file) {
        this.file = file;
    }

    /** Replaces the characters from {@code start} to {@code end}; stretches must not overlap. */
    public void replace(int start, int end, String text) {
        edits.put(start, new Edit(end, text));
    }

    /** Returns whether nothing is replaced. */
    public boolean isEmpty() {
        return edits.isEmpty();
    }

    /** Returns statements as lines relative to the method's indentation, edits applied. */
    public List<String> lines(List<Statement> statements) {
        List<String> lines = new ArrayList<>();
        for (Statement statement : statements) {
            int deeper = statement.indent() - Statement.TOP_LEVEL;
            lines.add(" ".repeat(deeper) + text(statement.start(), statement.end()));
        }
        return lines;
    }

    /** Returns the whole text, edits applied. */
    public String text() {
        return apply(edits, 0, file.text().length());
    }

    /** Returns the text from {@code start} to {@code end}, edits applied that begin before it. */
    public String text(int start, int end) {
        return apply(edits.subMap(start, end), start, end);
    }

    private String apply(Map<Integer, Edit> within, int start, int end) {
        StringBuilder text = new StringBuilder();
        int at = start;
        for (Map.Entry<Integer, Edit> entry : within.entrySet()) {
            text.append(file.text(at, entry.getKey())).append(entry.getValue().text());
            at = entry.getValue().end();
        }
        return text.append(file.text(at, end)).toString();
    }

    private record Edit(int end, String text) {}
}
