package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Route;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Parameter;
import org.plumbline.core.torchscript.source.Statement;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the statements behind a cut need from before it. Immutable.
 *
 * @param repeated statements that name submodules, functions and literals: they cost nothing
 * @param tensors names of the tensors that cross
 * @param recomputed statements that derive sizes and other numbers from those tensors, which depend
 *     on the batch, or collect them in lists
 */
record Crossing(List<Statement> repeated, List<String> tensors, List<Statement> recomputed) {

    /**
     * Finds it.
     *
     * @throws Untappable if a value crosses that is neither, naming the statement that makes it
     */
    static Crossing of(ClassSource type, MethodSource method, Cut cut, ValueTypes types)
            throws Untappable {
        Set<String> defined = new LinkedHashSet<>();
        method.parameters().stream().map(Parameter::name).forEach(defined::add);
        cut.before().forEach(s -> defined.addAll(s.assigned()));
        List<Statement> repeated = repeated(method, cut.before(), defined);
        Set<String> repeatable = new LinkedHashSet<>(Set.of(method.self()));
        repeated.forEach(s -> repeatable.addAll(s.assigned()));

        Deque<String> open = new ArrayDeque<>(needed(cut));
        Set<String> seen = new LinkedHashSet<>(repeatable);
        Set<String> tensors = new LinkedHashSet<>();
        Set<Statement> recomputed = new LinkedHashSet<>();
        while (!open.isEmpty()) {
            String name = open.remove();
            if (!defined.contains(name) || !seen.add(name)) {
                continue;
            }
            if (types.of(name).equals(ValueTypes.TENSOR)) {
                tensors.add(name);
            } else {
                for (Statement maker : makers(type, cut.before(), name, types.of(name))) {
                    recomputed.add(maker);
                    open.addAll(maker.used());
                }
            }
        }
        List<Statement> inOrder = cut.before().stream().filter(recomputed::contains).toList();
        return new Crossing(repeated, List.copyOf(tensors), inOrder);
    }

    private static Set<String> needed(Cut cut) {
        Set<String> needed = new LinkedHashSet<>();
        cut.after().forEach(s -> needed.addAll(s.used()));
        Route route = cut.route();
        needed.addAll(route.statement().used(route.call().start(), route.call().end()));
        needed.add(route.call().receiver());
        return needed;
    }

    private static List<Statement> repeated(
            MethodSource method, List<Statement> before, Set<String> defined) {
        Set<String> repeatable = new LinkedHashSet<>(Set.of(method.self()));
        List<Statement> repeated = new ArrayList<>();
        for (Statement statement : before) {
            boolean plain =
                    statement.indent() == Statement.TOP_LEVEL
                            && statement.isPlain()
                            && statement.used().stream()
                                    .allMatch(n -> repeatable.contains(n) || !defined.contains(n));
            if (plain) {
                repeatable.addAll(statement.assigned());
                repeated.add(statement);
            }
        }
        return repeated;
    }

    /** Returns the statements that compute a number or fill a list, if they can run again. */
    private static List<Statement> makers(
            ClassSource type, List<Statement> before, String name, String valueType)
            throws Untappable {
        List<Statement> makers =
                before.stream()
                        .filter(
                                s ->
                                        s.assigned().contains(name)
                                                || s.changedInPlace().contains(name))
                        .toList();
        if (makers.isEmpty()) {
            throw new Untappable("its argument " + name + ", of type " + valueType + ", is needed");
        }
        boolean filled = makers.get(0).buildsCollection();
        boolean once = makers.stream().filter(s -> s.assigned().contains(name)).count() == 1;
        for (Statement maker : makers) {
            boolean again =
                    once
                            && maker.indent() == Statement.TOP_LEVEL
                            && maker.calls().isEmpty()
                            && (filled || ValueTypes.isNumbers(valueType));
            if (!again) {
                throw new Untappable(
                        Cut.quoted(type, maker)
                                + " makes "
                                + name
                                + ", of type "
                                + valueType
                                + ", which is needed behind it");
            }
        }
        return makers;
    }
}
