package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Edits;
import org.plumbline.core.instrument.edit.Route;
import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.Block;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Statement;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last call in a method that leads to a layer, and the statements on both sides of its line.
 * Branches around it are straightened: the arm with the call is taken for granted, and the trunk
 * checks that it is. Immutable.
 *
 * @param assumed headers of straightened branches, each with whether the other arm is taken
 */
record Cut(
        Route route,
        List<Statement> before,
        List<Statement> after,
        Map<Statement, Boolean> assumed) {
    /** What the engine says of an input that takes another branch. */
    static final String UNREACHED = "this input does not reach the layer";

    /** Finds it. */
    static Cut of(Router router, ClassSource type, MethodSource method, List<String> rest)
            throws Untappable {
        List<Route> routes = router.routes(type, method, rest);
        if (routes.isEmpty()) {
            throw new Untappable("it is never called");
        }
        Route route = routes.get(routes.size() - 1);
        List<Block> blocks = Block.around(method.body(), route.statement());
        for (Block block : blocks) {
            if (!block.isBranch()) {
                throw new Untappable(
                        quoted(type, route.statement())
                                + " stands in a loop, "
                                + quoted(type, block.header()));
            }
        }
        return straightened(method, route, blocks);
    }

    /** Returns the text of a statement in quotes, for messages. */
    static String quoted(ClassSource type, Statement statement) {
        return "`" + type.file().text(statement.start(), statement.end()) + "`";
    }

    private static Cut straightened(MethodSource method, Route route, List<Block> blocks) {
        List<Statement> before = new ArrayList<>();
        List<Statement> after = new ArrayList<>();
        Map<Statement, Boolean> assumed = new LinkedHashMap<>();
        Map<Block, Arm> arms = new LinkedHashMap<>();
        boolean behind = false;
        for (Statement statement : method.body()) {
            blocks.forEach(b -> arms.merge(b, Arm.OUTSIDE, (arm, o) -> arm.next(b, statement)));
            boolean kept = arms.entrySet().stream().allMatch(e -> e.getValue().keeps(e.getKey()));
            long deep = arms.values().stream().filter(a -> a != Arm.OUTSIDE).count();
            Statement moved =
                    new Statement((int) (statement.indent() - 2 * deep), statement.tokens());
            if (statement.equals(route.statement())) {
                behind = true;
            } else if (kept) {
                (behind ? after : before).add(moved);
            }
            for (Block block : blocks) {
                if (block.header().equals(statement)) {
                    arms.put(block, Arm.THEN);
                    assumed.put(moved, block.isElse());
                }
            }
        }
        return new Cut(route, before, after, assumed);
    }

    /** Returns the statements before the call as lines, edits applied. */
    List<String> beforeLines(Edits edits) {
        List<String> lines = new ArrayList<>();
        for (Statement statement : before) {
            lines.addAll(edits.lines(List.of(statement)));
            if (assumed.containsKey(statement)) {
                String stop = "  ops.prim.RaiseException(\"" + UNREACHED + "\")";
                boolean other = assumed.get(statement);
                lines.addAll(List.of(other ? stop : "  pass", "else:", other ? "  pass" : stop));
            }
        }
        return lines;
    }

    /** Where a line stands in relation to a branch. */
    private enum Arm {
        OUTSIDE,
        THEN,
        OTHER_WORD,
        OTHER;

        Arm next(Block block, Statement line) {
            boolean inside = line.indent() > block.header().indent();
            if (this == OUTSIDE || inside) {
                return this == OTHER_WORD ? OTHER : this;
            }
            return this == THEN && line.startsWith("else") ? OTHER_WORD : OUTSIDE;
        }

        boolean keeps(Block block) {
            return this == OUTSIDE || this == (block.isElse() ? OTHER : THEN);
        }
    }
}
