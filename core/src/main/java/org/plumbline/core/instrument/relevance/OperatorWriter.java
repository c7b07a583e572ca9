package org.plumbline.core.instrument.relevance;

import static org.plumbline.core.instrument.relevance.Lines.torch;

import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.instrument.relevance.RuleWriter.Layer;
import org.plumbline.core.instrument.relevance.Signal.Kind;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Argument;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Literal;
import org.plumbline.core.torchscript.source.Expression.Name;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes the operators of a program with their relevance. Confined to one thread. */
final class OperatorWriter {
    private static final int EPSILON = 7;
    private static final String NONE = Literal.NONE.text();

    private final SignalFlow flow;
    private final Lines lines;
    private final RuleWriter rules;
    private final String pass;
    private final Map<String, Layer> unfolded = new HashMap<>();
    private final Set<String> tappedBeforeFolding = new HashSet<>();

    OperatorWriter(LrpComposite composite, String self, SignalFlow flow, Lines lines) {
        this.flow = flow;
        this.lines = lines;
        this.rules = new RuleWriter(composite, self, lines);
        this.pass = "(" + self + ")." + LrpMethods.PASS + "(";
    }

    /** Keeps a value for which relevance is wanted; before a fold that is the folded result. */
    void tapped(String name) {
        if (unfolded.containsKey(name)) {
            tappedBeforeFolding.add(name);
        } else {
            lines.let(torch("append", RelevanceWriter.TAPS, name));
        }
    }

    /** Writes one operator and returns what its result means. */
    Signal write(
            OperatorKind kind,
            String name,
            Call call,
            List<String> targets,
            Operation operation,
            Map<String, Signal> signals)
            throws Untappable {
        Scope scope = new Scope(call, targets, operation, signals);
        Signal all = scope.joined();
        boolean keepsSign = OperatorKind.keepsSign(name, kind);
        Signal result =
                switch (kind) {
                    case MOVE -> move(scope, all);
                    case PASS, RECTIFY, GATE -> activation(kind, scope, all);
                    case SUM -> sum(scope, all);
                    case PRODUCT -> product(scope, all);
                    case QUOTIENT -> quotient(scope, all);
                    case MATRIX -> matrix(scope, all);
                    case SOFTMAX -> constant(scope, all.withKind(Kind.ATTENTION));
                    case ATTENTION -> attention(scope, all);
                    case BATCH_NORM -> batchNorm(scope, all);
                    case QUERY -> Signal.PLAIN;
                };
        boolean positive = kind == OperatorKind.RECTIFY || kind == OperatorKind.GATE;
        return positive ? result.positive() : keepsSign ? result : result.signed();
    }

    private Signal move(Scope scope, Signal all) {
        lines.add(scope.assigned(scope.call().text()));
        return all;
    }

    /** A result without derivative. */
    private Signal constant(Scope scope, Signal result) {
        lines.add(scope.assigned(scope.fixed().text()));
        return result;
    }

    private Signal activation(OperatorKind kind, Scope scope, Signal all) throws Untappable {
        Signal first = scope.signal(0);
        if (!first.carries()) {
            throw unsupported("an activation of " + first.kind(), scope.operation());
        }
        passed(scope, scope.operand(0));
        return kind == OperatorKind.GATE ? all.withKind(Kind.GATE) : all.withKind(Kind.SIGNAL);
    }

    /** {@code target = y} with the derivative of {@code m}. */
    private void passed(Scope scope, String m) {
        String y = lines.let(scope.fixed().text());
        lines.add(scope.assigned(pass + y + ", " + m + ", )"));
    }

    private Signal sum(Scope scope, Signal all) throws Untappable {
        if (all.kind() == Kind.SCORE || all.kind() == Kind.ATTENTION) {
            requireAlone(scope, all.kind());
            return constant(scope, all);
        }
        boolean withConstant =
                scope.call().arguments().size() > 1
                        && scope.call().function().text().matches("torch\\.(add|sub)")
                        && (!scope.signal(0).carries() || !scope.signal(1).carries());
        if (withConstant) {
            if (!scope.signal(0).carries()) {
                throwIfSubtracted(scope);
            }
            passed(scope, scope.operand(scope.signal(0).carries() ? 0 : 1));
        } else {
            split(scope, scope.squares());
        }
        return all.withKind(Kind.SIGNAL);
    }

    private static void throwIfSubtracted(Scope scope) throws Untappable {
        if (scope.call().function().text().endsWith("sub")) {
            throw unsupported("operator sub with a constant on the left", scope.operation());
        }
    }

    /** Relevance goes where the summands come from: {@code m = f(x d(x)) / d(s(y))}. */
    private void split(Scope scope, Map<String, String> squares) {
        String y = lines.let(scope.fixed().text());
        Expression squared = Operands.replaced(scope.call(), squares);
        String m = rules.divided(squared.text(), y);
        lines.add(scope.assigned(pass + y + ", " + m + ", )"));
    }

    private static void requireAlone(Scope scope, Kind kind) throws Untappable {
        for (Signal signal : scope.read().values()) {
            if (signal.kind() != Kind.PLAIN && signal.kind() != kind) {
                throw unsupported(kind + " together with " + signal.kind(), scope.operation());
            }
        }
    }

    private Signal product(Scope scope, Signal all) throws Untappable {
        Signal a = scope.signal(0);
        Signal b = scope.signal(1);
        if (all.kind() == Kind.SCORE) {
            requireAlone(scope, Kind.SCORE);
            return constant(scope, all);
        }
        boolean aTakes = a.kind() == Kind.SIGNAL || (a.carries() && !b.carries());
        boolean bTakes = b.kind() == Kind.SIGNAL || (b.carries() && !a.carries());
        if (aTakes != bTakes) {
            passed(scope, scope.operand(aTakes ? 0 : 1));
            return all.withKind(aTakes ? a.kind() : b.kind());
        }
        if (all.kind() == Kind.ATTENTION) {
            return constant(scope, all);
        }
        passed(scope, torch("mul", torch("add", scope.operand(0), scope.operand(1)), "0.5"));
        return all;
    }

    private Signal quotient(Scope scope, Signal all) throws Untappable {
        if (scope.signal(1).kind() != Kind.PLAIN) {
            throw unsupported("operator div by a signal", scope.operation());
        }
        if (!all.carries()) {
            return constant(scope, all);
        }
        passed(scope, scope.operand(0));
        return all;
    }

    private Signal matrix(Scope scope, Signal all) throws Untappable {
        Optional<Weighted> weighted = Weighted.of(scope.call());
        boolean layer =
                weighted.isPresent()
                        && scope.signalOf(weighted.get().input()).carries()
                        && scope.read().values().stream()
                                        .filter(s -> s.kind() != Kind.PLAIN)
                                        .count()
                                == 1;
        if (layer) {
            return weighted(scope, weighted.get());
        }
        String function = scope.call().function().text();
        if (function.contains("conv") || function.contains("linear")) {
            throw unsupported("operator " + function + " in this form", scope.operation());
        }
        long attention = scope.count(Kind.ATTENTION);
        long signals = scope.count(Kind.SIGNAL) + scope.count(Kind.GATE);
        if (attention == 1 && signals == 1) {
            split(scope, scope.squares());
            return all.weighted();
        }
        if (attention == 0 && scope.count(Kind.SCORE) == 0 && signals == 2) {
            return constant(scope, all.withKind(Kind.SCORE));
        }
        throw unsupported("operator " + function + " of these operands", scope.operation());
    }

    private Signal attention(Scope scope, Signal all) throws Untappable {
        String value = scope.operand(2);
        if (!scope.signal(2).carries()) {
            throw unsupported("attention over constants", scope.operation());
        }
        String y = lines.let(scope.fixed().text());
        Call fixed = (Call) scope.fixed();
        List<Argument> arguments = new ArrayList<>(fixed.arguments());
        String square = RuleWriter.mul(value, torch("detach", value));
        arguments.set(2, Argument.of(new Name(square)));
        String m = rules.divided(new Call(fixed.function(), arguments).text(), y);
        lines.add(scope.assigned(pass + y + ", " + m + ", )"));
        return all.weighted();
    }

    private Signal weighted(Scope scope, Weighted operator) throws Untappable {
        Signal signal = scope.signalOf(operator.input());
        String target = scope.targets().get(0);
        String y = lines.let(scope.fixed().text());
        Layer layer = new Layer(operator, operator.weight(), operator.bias(), y, signal);
        if (flow.batchNorm(target).isPresent()) {
            unfolded.put(target, layer);
            lines.add(scope.assigned(y));
        } else {
            String m = rules.write(layer, scope.operation().origin());
            lines.add(scope.assigned(pass + y + ", " + m + ", )"));
        }
        return signal.weighted();
    }

    /**
     * Behind a weighted layer, {@code W' = W g} and {@code b' = (b - mean) g + beta} with {@code g
     * = gamma / sqrt(var + epsilon)} are one layer; elsewhere relevance passes.
     */
    private Signal batchNorm(Scope scope, Signal all) throws Untappable {
        Layer layer = unfolded.remove(scope.operand(0));
        if (layer == null) {
            passed(scope, scope.operand(0));
            return all.withKind(Kind.SIGNAL);
        }
        String y = lines.let(scope.fixed().text());
        String spread = torch("sqrt", torch("add", scope.operand(4), scope.operand(EPSILON)));
        String gamma = scope.operand(1);
        boolean scales = !gamma.equals(NONE);
        String g = lines.let(scales ? torch("div", gamma, spread) : torch("reciprocal", spread));
        String mean = scope.operand(3);
        String centred = layer.bias().map(b -> torch("sub", b, mean)).orElse(torch("neg", mean));
        String shift = torch("mul", centred, g);
        String beta = scope.operand(2);
        String bias = lines.let(beta.equals(NONE) ? shift : torch("add", shift, beta));
        String weight = lines.let(layer.operator().scaled(g));
        Layer folded = new Layer(layer.operator(), weight, Optional.of(bias), y, layer.signal());
        String m = rules.write(folded, scope.operation().origin());
        lines.add(scope.assigned(pass + y + ", " + m + ", )"));
        if (tappedBeforeFolding.remove(scope.operand(0))) {
            tapped(scope.targets().get(0));
        }
        return all.withKind(Kind.SIGNAL);
    }

    static Untappable unsupported(String what, Operation operation) {
        return new Untappable("lrp: " + what + " has no rule, " + operation.origin().text());
    }

    /** One operator, its targets and what its operands mean. */
    private record Scope(
            Call call, List<String> targets, Operation operation, Map<String, Signal> signals) {

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
                                    names.put(name, torch("detach", name));
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
                                    names.put(name, RuleWriter.mul(name, torch("detach", name)));
                                }
                            });
            return names;
        }

        String assigned(String value) {
            return targets.isEmpty() ? value : String.join(", ", targets) + " = " + value;
        }
    }
}
