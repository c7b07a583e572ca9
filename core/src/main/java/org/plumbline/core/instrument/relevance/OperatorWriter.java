package org.plumbline.core.instrument.relevance;

import static org.plumbline.core.instrument.relevance.Lines.torch;

import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.instrument.relevance.RuleWriter.Layer;
import org.plumbline.core.instrument.relevance.Signal.Kind;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Argument;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Name;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes the operators of a program with their relevance. Confined to one thread. */
final class OperatorWriter {
    private final SignalFlow flow;
    private final Lines lines;
    private final RuleWriter rules;
    private final Fixing fixing;
    private final Map<String, Layer> unfolded = new HashMap<>();
    private final Set<String> tappedBeforeFolding = new HashSet<>();

    OperatorWriter(LrpComposite composite, Fixing fixing, SignalFlow flow, Lines lines) {
        this.flow = flow;
        this.lines = lines;
        this.rules = new RuleWriter(composite, fixing, lines);
        this.fixing = fixing;
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
        Application applied = new Application(call, targets, operation, signals, fixing);
        Signal all = applied.joined();
        boolean keepsSign = OperatorKind.keepsSign(name, kind, call);
        Signal result =
                switch (kind) {
                    case MOVE -> move(applied, all);
                    case PASS, RECTIFY, GATE -> activation(kind, applied, all);
                    case SUM -> sum(applied, all);
                    case PRODUCT -> product(applied, all);
                    case QUOTIENT -> quotient(applied, all);
                    case MATRIX -> matrix(applied, all);
                    case SOFTMAX -> constant(applied, all.withKind(Kind.ATTENTION));
                    case ATTENTION -> attention(applied, all);
                    case BATCH_NORM -> batchNorm(applied, all);
                    case QUERY -> Signal.PLAIN;
                };
        boolean positive = kind == OperatorKind.RECTIFY || kind == OperatorKind.GATE;
        return positive ? result.positive() : keepsSign ? result : result.signed();
    }

    private Signal move(Application applied, Signal all) {
        lines.add(applied.assigned(applied.call().text()));
        return all;
    }

    /** A result without derivative. */
    private Signal constant(Application applied, Signal result) {
        lines.add(applied.assigned(applied.fixed().text()));
        return result;
    }

    private Signal activation(OperatorKind kind, Application applied, Signal all)
            throws Untappable {
        Signal first = applied.signal(0);
        if (!first.carries()) {
            throw unsupported("an activation of " + first.kind(), applied.operation());
        }
        passed(applied, applied.operand(0));
        return kind == OperatorKind.GATE ? all.withKind(Kind.GATE) : all.withKind(Kind.SIGNAL);
    }

    /** {@code target = y} with the derivative of {@code m}. */
    private void passed(Application applied, String m) {
        String y = lines.let(applied.fixed().text());
        lines.add(applied.assigned(fixing.passed(y, m)));
    }

    private Signal sum(Application applied, Signal all) throws Untappable {
        if (all.kind() == Kind.SCORE || all.kind() == Kind.ATTENTION) {
            requireAlone(applied, all.kind());
            return constant(applied, all);
        }
        boolean withConstant =
                applied.call().arguments().size() > 1
                        && applied.call().function().text().matches("torch\\.(add|sub)")
                        && (!applied.signal(0).carries() || !applied.signal(1).carries());
        if (withConstant) {
            if (!applied.signal(0).carries()) {
                throwIfSubtracted(applied);
            }
            passed(applied, applied.operand(applied.signal(0).carries() ? 0 : 1));
        } else {
            split(applied, applied.squares());
        }
        return all.withKind(Kind.SIGNAL);
    }

    private static void throwIfSubtracted(Application applied) throws Untappable {
        if (applied.call().function().text().endsWith("sub")) {
            throw unsupported("operator sub with a constant on the left", applied.operation());
        }
    }

    /** Relevance goes where the summands come from: {@code m = f(x d(x)) / d(s(y))}. */
    private void split(Application applied, Map<String, String> squares) {
        String y = lines.let(applied.fixed().text());
        Expression squared = Operands.replaced(applied.call(), squares);
        String m = rules.divided(squared.text(), y);
        lines.add(applied.assigned(fixing.passed(y, m)));
    }

    private static void requireAlone(Application applied, Kind kind) throws Untappable {
        for (Signal signal : applied.read().values()) {
            if (signal.kind() != Kind.PLAIN && signal.kind() != kind) {
                throw unsupported(kind + " together with " + signal.kind(), applied.operation());
            }
        }
    }

    private Signal product(Application applied, Signal all) throws Untappable {
        Signal a = applied.signal(0);
        Signal b = applied.signal(1);
        if (all.kind() == Kind.SCORE) {
            requireAlone(applied, Kind.SCORE);
            return constant(applied, all);
        }
        boolean aTakes = a.kind() == Kind.SIGNAL || (a.carries() && !b.carries());
        boolean bTakes = b.kind() == Kind.SIGNAL || (b.carries() && !a.carries());
        if (aTakes != bTakes) {
            passed(applied, applied.operand(aTakes ? 0 : 1));
            return all.withKind(aTakes ? a.kind() : b.kind());
        }
        if (all.kind() == Kind.ATTENTION) {
            return constant(applied, all);
        }
        passed(applied, torch("mul", torch("add", applied.operand(0), applied.operand(1)), "0.5"));
        return all;
    }

    private Signal quotient(Application applied, Signal all) throws Untappable {
        if (applied.signal(1).kind() != Kind.PLAIN) {
            throw unsupported("operator div by a signal", applied.operation());
        }
        if (!all.carries()) {
            return constant(applied, all);
        }
        passed(applied, applied.operand(0));
        return all;
    }

    private Signal matrix(Application applied, Signal all) throws Untappable {
        Optional<Weighted> weighted = Weighted.of(applied.call());
        boolean layer =
                weighted.isPresent()
                        && applied.signalOf(weighted.get().input()).carries()
                        && applied.read().values().stream()
                                        .filter(s -> s.kind() != Kind.PLAIN)
                                        .count()
                                == 1;
        if (layer) {
            return weighted(applied, weighted.get());
        }
        String function = applied.call().function().text();
        if (function.contains("conv") || function.contains("linear")) {
            throw unsupported("operator " + function + " in this form", applied.operation());
        }
        long attention = applied.count(Kind.ATTENTION);
        long signals = applied.count(Kind.SIGNAL) + applied.count(Kind.GATE);
        if (attention == 1 && signals == 1) {
            split(applied, applied.squares());
            return all.weighted();
        }
        if (attention == 0 && applied.count(Kind.SCORE) == 0 && signals == 2) {
            return constant(applied, all.withKind(Kind.SCORE));
        }
        throw unsupported("operator " + function + " of these operands", applied.operation());
    }

    private Signal attention(Application applied, Signal all) throws Untappable {
        String value = applied.operand(2);
        if (!applied.signal(2).carries()) {
            throw unsupported("attention over constants", applied.operation());
        }
        String y = lines.let(applied.fixed().text());
        Call fixed = (Call) applied.fixed();
        List<Argument> arguments = new ArrayList<>(fixed.arguments());
        String square = RuleWriter.mul(value, fixing.of(value));
        arguments.set(2, Argument.of(new Name(square)));
        String m = rules.divided(new Call(fixed.function(), arguments).text(), y);
        lines.add(applied.assigned(fixing.passed(y, m)));
        return all.weighted();
    }

    private Signal weighted(Application applied, Weighted operator) throws Untappable {
        Signal signal = applied.signalOf(operator.input());
        String target = applied.targets().get(0);
        String y = lines.let(applied.fixed().text());
        Layer layer = new Layer(operator, operator.weight(), operator.bias(), y, signal);
        if (flow.batchNorm(target).isPresent()) {
            unfolded.put(target, layer);
            lines.add(applied.assigned(y));
        } else {
            String m = rules.write(layer, applied.operation().origin());
            lines.add(applied.assigned(fixing.passed(y, m)));
        }
        return signal.weighted();
    }

    /** Folded into the weighted layer before it; elsewhere relevance passes. */
    private Signal batchNorm(Application applied, Signal all) throws Untappable {
        Layer layer = unfolded.remove(applied.operand(0));
        if (layer == null) {
            passed(applied, applied.operand(0));
            return all.withKind(Kind.SIGNAL);
        }
        String y = lines.let(applied.fixed().text());
        Layer folded = rules.folded(layer, applied, y);
        String m = rules.write(folded, applied.operation().origin());
        lines.add(applied.assigned(fixing.passed(y, m)));
        if (tappedBeforeFolding.remove(applied.operand(0))) {
            tapped(applied.targets().get(0));
        }
        return all.withKind(Kind.SIGNAL);
    }

    static Untappable unsupported(String what, Operation operation) {
        return new Untappable("lrp: " + what + " has no rule, " + operation.origin().text());
    }
}
