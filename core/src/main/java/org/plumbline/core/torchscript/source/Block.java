package org.plumbline.core.torchscript.source;

import java.util.ArrayList;
import java.util.List;

/**
 * An {@code if}, {@code for} or {@code while} around a statement. Immutable.
 *
 * @param header the line that opens it, for a branch the one with the condition
 * @param isElse whether the statement stands in the other arm
 */
public record Block(Statement header, boolean isElse) {
    /** Returns the blocks around a statement of a body, the innermost first. */
    public static List<Block> around(List<Statement> body, Statement statement) {
        List<Block> blocks = new ArrayList<>();
        int indent = statement.indent();
        boolean isElse = false;
        for (int i = body.indexOf(statement) - 1; i >= 0; i--) {
            Statement line = body.get(i);
            boolean opens = isElse ? line.indent() == indent : line.indent() < indent;
            if (opens && line.startsWith("else")) {
                isElse = true;
                indent = line.indent();
            } else if (opens) {
                blocks.add(new Block(line, isElse));
                isElse = false;
                indent = line.indent();
            }
        }
        return blocks;
    }

    /** Returns whether it runs once or not at all. */
    public boolean isBranch() {
        return header.startsWith("if");
    }
}
