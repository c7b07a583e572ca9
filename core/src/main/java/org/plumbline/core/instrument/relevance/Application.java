package org.plumbline.core.instrument.relevance;

import org.plumbline.core.instrument.relevance.Signal.Kind;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Call;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One use of an operator. Immutable.
 *
 * @param call the operator, never in place
 * @param targets names that its result gets
 * @param operation as in the program
 * @param signals what names mean
 * @param fixing how names are taken as constants
 */
record Application(
        Call call,
        List<String> targets,
        Operation operation,
        Map<String, Signal> signals,
        Fixing fixing) {

    /** Returns the meanings of the names read. */
    Map<String, Signal> read() {
        Map<String, Signal> read = new LinkedHashMap<>();
        Operands.of(call).forEach(name -> read.put(name, signalOf(name)));
        return read;
    }

    Signal signalOf(String name) {
        return signals.getOrDefault(name, Signal.PLAIN);
    }

    Signal joined() {
        return read().values().stream().reduce(Signal::join).orElse(Signal.PLAIN);
    }

    long count(Kind kind) {
        return Operands.of(call).stream().filter(n -> signalOf(n).kind() == kind).count();
    }

    String operand(int place) {
        return call.arguments().get(place).value().text();
    }

    Signal signal(int place) {
        return signalOf(operand(place));
    }

    /** Returns the operator on constants. */
    Expression fixed() {
        return Operands.replaced(call, fixedNames());
    }

    Map<String, String> fixedNames() {
        Map<String, String> names = new LinkedHashMap<>();
        read().forEach(
                        (name, signal) -> {
                            if (signal.kind() != Kind.PLAIN) {
                                names.put(name, fixing.of(name));
                            }
                        });
        return names;
    }

    /** Returns, for each signal, its product with its own value; for others their value. */
    Map<String, String> squares() {
        Map<String, String> names = new LinkedHashMap<>(fixedNames());
        read().forEach(
                        (name, signal) -> {
                            if (signal.carries()) {
                                names.put(name, RuleWriter.mul(name, fixing.of(name)));
                            }
                        });
        return names;
    }

    String assigned(String value) {
        return targets.isEmpty() ? value : String.join(", ", targets) + " = " + value;
    }
}
