package org.plumbline.core.instrument.relevance;

import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Argument;
import org.plumbline.core.torchscript.source.Expression.Attribute;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Dictionary;
import org.plumbline.core.torchscript.source.Expression.Name;
import org.plumbline.core.torchscript.source.Expression.Sequence;
import org.plumbline.core.torchscript.source.Expression.Subscript;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The names that a flat expression reads. */
public final class Operands {
    private Operands() {}

    /** Returns the names read, in order, repeated ones repeatedly. */
    public static List<String> of(Expression expression) {
        List<String> names = new ArrayList<>();
        collect(expression, names);
        return names;
    }

    private static void collect(Expression expression, List<String> names) {
        if (expression instanceof Name name) {
            names.add(name.value());
        } else if (expression instanceof Call call) {
            call.arguments().forEach(a -> collect(a.value(), names));
        } else if (expression instanceof Sequence sequence) {
            sequence.elements().forEach(e -> collect(e, names));
        } else if (expression instanceof Attribute attribute) {
            collect(attribute.base(), names);
        } else if (expression instanceof Subscript subscript) {
            collect(subscript.base(), names);
            collect(subscript.index(), names);
        } else if (expression instanceof Dictionary dictionary) {
            dictionary.entries().forEach(e -> collect(e, names));
        }
    }

    /** Returns a copy of a call or sequence that reads other names. */
    static Expression replaced(Expression expression, Map<String, String> names) {
        if (expression instanceof Name name) {
            return new Name(names.getOrDefault(name.value(), name.value()));
        } else if (expression instanceof Sequence sequence) {
            return new Sequence(
                    sequence.list(),
                    sequence.elements().stream().map(e -> replaced(e, names)).toList());
        } else if (expression instanceof Call call) {
            List<Argument> arguments =
                    call.arguments().stream()
                            .map(a -> new Argument(a.keyword(), replaced(a.value(), names)))
                            .toList();
            return new Call(call.function(), arguments);
        }
        return expression;
    }
}
