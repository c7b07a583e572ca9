package org.plumbline.core.instrument.relevance;

import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.instrument.relevance.Value.Elements;
import org.plumbline.core.instrument.relevance.Value.Global;
import org.plumbline.core.instrument.relevance.Value.Operand;
import org.plumbline.core.instrument.relevance.Value.Submodule;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Argument;
import org.plumbline.core.torchscript.source.Expression.Attribute;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Dictionary;
import org.plumbline.core.torchscript.source.Expression.Literal;
import org.plumbline.core.torchscript.source.Expression.Name;
import org.plumbline.core.torchscript.source.Expression.Sequence;
import org.plumbline.core.torchscript.source.Expression.Subscript;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Turns expressions into operands, nested calls first. Confined to one thread. */
final class Evaluator {
    private static final String PRINTED = "__torch__.";
    private static final Set<String> TYPED = Set.of("annotate", "unchecked_cast", "uninitialized");

    private final Flattener flattener;
    private final Constants constants;
    private final Folding folding;

    Evaluator(Flattener flattener, Constants constants, Folding folding) {
        this.flattener = flattener;
        this.constants = constants;
        this.folding = folding;
    }

    /** Returns what an expression stands for; its operators are added to the program. */
    Value value(Expression expression, Frame frame) throws Untappable {
        if (expression instanceof Name name) {
            Value known = frame.values().get(name.value());
            return known != null ? known : new Operand(name);
        } else if (expression instanceof Attribute attribute) {
            return attribute(attribute, frame);
        } else if (expression instanceof Call call) {
            return call(call, frame);
        } else if (expression instanceof Subscript subscript) {
            return subscript(subscript, frame);
        } else if (expression instanceof Sequence sequence) {
            return sequence(sequence, frame);
        } else if (expression instanceof Dictionary dictionary) {
            List<Expression> entries = new ArrayList<>();
            for (Expression entry : dictionary.entries()) {
                entries.add(value(entry, frame).expression());
            }
            return flattener.emit(new Dictionary(entries), frame);
        }
        return new Operand(expression);
    }

    /** Evaluates an expression for its effect alone. */
    void effect(Expression expression, Frame frame) throws Untappable {
        if (expression instanceof Call call && isOperator(call, frame)) {
            flattener.emitEffect(operator(call, frame), frame);
        } else {
            value(expression, frame);
        }
    }

    /** Returns what a loop runs over; {@code range} stays in the header. */
    Expression header(Expression over, Frame frame) throws Untappable {
        if (over instanceof Call call && call.function().text().equals("range")) {
            return operator(call, frame);
        }
        return value(over, frame).expression();
    }

    private Value sequence(Sequence sequence, Frame frame) throws Untappable {
        List<Value> values = new ArrayList<>();
        for (Expression element : sequence.elements()) {
            values.add(value(element, frame));
        }
        return sequence.list()
                ? new Operand(new Sequence(true, values.stream().map(Value::expression).toList()))
                : new Elements(values);
    }

    private Value attribute(Attribute attribute, Frame frame) throws Untappable {
        if (isGlobal(attribute, frame)) {
            return attribute.text().startsWith(PRINTED)
                    ? new Global(attribute.text())
                    : new Operand(attribute);
        }
        Value base = value(attribute.base(), frame);
        return base instanceof Submodule module
                ? constants.attribute(module, attribute.name())
                : flattener.emit(new Attribute(base.expression(), attribute.name()), frame);
    }

    private Value subscript(Subscript subscript, Frame frame) throws Untappable {
        Value base = value(subscript.base(), frame);
        Value index = value(subscript.index(), frame);
        boolean number =
                index instanceof Operand operand && operand.expression().text().matches("[0-9]+");
        if (base instanceof Elements elements && number) {
            return elements.values().get(Integer.parseInt(index.expression().text()));
        }
        return flattener.emit(new Subscript(base.expression(), index.expression()), frame);
    }

    /** Whether the first part of a dotted name is no local name. */
    private static boolean isGlobal(Expression expression, Frame frame) {
        if (expression instanceof Attribute attribute) {
            return isGlobal(attribute.base(), frame);
        }
        return expression instanceof Name name && !frame.values().containsKey(name.value());
    }

    private Value call(Call call, Frame frame) throws Untappable {
        String name = call.function().text();
        if (TYPED.contains(name) || name.equals("isinstance")) {
            return typed(name, call, frame);
        }
        if (isOperator(call, frame)) {
            Call flat = operator(call, frame);
            Optional<Expression> folded = folding.fold(flat);
            return folded.isPresent() ? new Operand(folded.get()) : flattener.emit(flat, frame);
        }
        List<Value> arguments = new ArrayList<>();
        for (Argument argument : call.arguments()) {
            arguments.add(value(argument.value(), frame));
        }
        if (!isGlobal(call.function(), frame)
                && call.function() instanceof Attribute method
                && value(method.base(), frame) instanceof Submodule module) {
            MethodSource source =
                    module.type()
                            .method(method.name())
                            .orElseThrow(() -> refused(frame, "no method " + method.name()));
            return flattener.method(module, source, arguments, frame.depth() + 1);
        }
        String global = value(call.function(), frame).expression().text();
        Optional<Value> result = flattener.function(global, arguments, frame);
        if (result.isPresent()) {
            return result.get();
        }
        List<Argument> operands = Flattener.operands(call.arguments(), arguments);
        return flattener.emit(new Call(new Name(global), operands), frame);
    }

    /** Whether a call is of the engine's own operators, or of a builtin. */
    private static boolean isOperator(Call call, Frame frame) {
        return isGlobal(call.function(), frame) && !call.function().text().startsWith(PRINTED);
    }

    private Call operator(Call call, Frame frame) throws Untappable {
        List<Value> values = new ArrayList<>();
        for (Argument argument : call.arguments()) {
            values.add(value(argument.value(), frame));
        }
        return new Call(call.function(), Flattener.operands(call.arguments(), values));
    }

    /** Calls whose first argument (the second of {@code isinstance}) is a type. */
    private Value typed(String name, Call call, Frame frame) throws Untappable {
        int type = name.equals("isinstance") ? 1 : 0;
        List<Argument> arguments = new ArrayList<>(call.arguments());
        for (int i = 0; i < arguments.size(); i++) {
            if (i != type) {
                arguments.set(i, Argument.of(value(arguments.get(i).value(), frame).expression()));
            }
        }
        boolean certain =
                name.equals("unchecked_cast")
                        && arguments.size() == 2
                        && folding.isPresent(arguments.get(1).value())
                        && !(arguments.get(1).value() instanceof Literal);
        return certain
                ? new Operand(arguments.get(1).value())
                : flattener.emit(new Call(call.function(), arguments), frame);
    }

    private Untappable refused(Frame frame, String reason) {
        return new Untappable(reason + ", " + flattener.where(frame).text());
    }
}
