package org.plumbline.core.instrument.relevance;

import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.instrument.relevance.Step.Branch;
import org.plumbline.core.instrument.relevance.Step.Loop;
import org.plumbline.core.instrument.relevance.Step.Mark;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Name;
import org.plumbline.core.torchscript.source.Expression.Sequence;
import org.plumbline.core.torchscript.source.Expression.Subscript;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a copy of a flat program in which the gradient of the result with respect to any value is
 * that value's relevance. What each step answers is unchanged bit for bit: {@code y + (m - d(m))}
 * adds a zero whose derivative is that of {@code m}. Confined to one thread.
 */
final class RelevanceWriter {
    /** Local name of the list that receives the marked layer's output. */
    static final String TAPS = "pl_taps";

    private static final int MOST_PASSES = 8;
    private static final Set<String> CASTS = Set.of("annotate", "unchecked_cast");
    private static final Set<String> NUMBERS =
            Set.of("int", "float", "bool", "isinstance", "range", "uninitialized");

    private static final Set<String> LISTS =
            Set.of("chunk", "split", "split_with_sizes", "unbind", "tensor_split");

    private final SignalFlow flow;
    private final Lines lines = new Lines();
    private final OperatorWriter operators;
    private final Aliases aliases = new Aliases();
    private Map<String, Signal> signals = new HashMap<>();
    private final Set<String> lists = new HashSet<>();
    private Set<String> unreachable = new HashSet<>();

    RelevanceWriter(FlatProgram program, LrpComposite composite, Fixing fixing) {
        this.flow = new SignalFlow(program);
        this.operators = new OperatorWriter(composite, fixing, flow, lines);
        signals.put(program.input(), new Signal(Signal.Kind.SIGNAL, false, false));
        FlatProgram.write(program.constants(), "", lines.lines());
    }

    /** Returns the body of the method. */
    List<String> write(FlatProgram program) throws Untappable {
        steps(program.steps());
        if (!signalOf(program.result()).carries()) {
            throw new Untappable(
                    "lrp: the answer is " + signalOf(program.result()).kind() + ", not a signal");
        }
        lines.add("return " + program.result().text());
        return lines.lines();
    }

    private void steps(List<Step> steps) throws Untappable {
        for (Step step : steps) {
            if (step instanceof Operation operation) {
                operation(operation);
            } else if (step instanceof Branch branch) {
                branch(branch);
            } else if (step instanceof Loop loop) {
                loop(loop);
            } else if (step instanceof Mark mark) {
                mark(mark);
            }
        }
    }

    private void branch(Branch branch) throws Untappable {
        Map<String, Signal> before = signals;
        Set<String> unreachableBefore = unreachable;
        lines.add("if " + branch.condition().text() + ":");
        Map<String, Signal> then = arm(branch.then(), before);
        lines.add("else:");
        unreachable = unreachableBefore;
        Map<String, Signal> otherwise = arm(branch.otherwise(), before);
        unreachable = unreachableBefore;
        signals = joined(then, otherwise);
    }

    private Map<String, Signal> arm(List<Step> steps, Map<String, Signal> before)
            throws Untappable {
        signals = new HashMap<>(before);
        unreachable = new HashSet<>(unreachable);
        lines.deeper();
        lines.add("pass");
        steps(steps);
        lines.shallower();
        return signals;
    }

    private static Map<String, Signal> joined(Map<String, Signal> a, Map<String, Signal> b) {
        Map<String, Signal> joined = new HashMap<>(a);
        b.forEach((name, signal) -> joined.merge(name, signal, Signal::join));
        return joined;
    }

    /** What a pass finds at its end may hold at the start of the next: repeats until it does. */
    private void loop(Loop loop) throws Untappable {
        int start = lines.here();
        for (int pass = 0; pass < MOST_PASSES; pass++) {
            Map<String, Signal> before = signals;
            lines.add(FlatProgram.header(loop));
            Map<String, Signal> after = joined(before, arm(loop.body(), before));
            signals = after;
            if (after.equals(before)) {
                return;
            }
            lines.cutTo(start);
        }
        throw new Untappable("lrp: a loop whose values change their meaning");
    }

    private void mark(Mark mark) throws Untappable {
        Expression value = mark.value();
        if (value instanceof Sequence sequence && !sequence.elements().isEmpty()) {
            value = sequence.elements().get(0);
        }
        if (!(value instanceof Name name) || !signalOf(value).carries()) {
            throw new Untappable("lrp: the output of the layer carries no relevance");
        }
        operators.tapped(name.value());
    }

    private void operation(Operation operation) throws Untappable {
        if (Operands.of(operation.value()).stream().anyMatch(unreachable::contains)) {
            skip(operation);
            return;
        }
        List<Signal> read = Operands.of(operation.value()).stream().map(this::signal).toList();
        if (read.stream().allMatch(Signal.PLAIN::equals)
                || read.stream().allMatch(s -> s.kind() == Signal.Kind.PLAIN)) {
            verbatim(operation, Signal.PLAIN);
            return;
        }
        int start = lines.here();
        try {
            rewrite(operation);
        } catch (Untappable e) {
            if (!lines.isNested()) {
                throw e;
            }
            lines.cutTo(start);
            refuse(operation, e.reason());
        }
    }

    /** In a branch that may never be taken, an operator without a rule fails when it is. */
    private void refuse(Operation operation, String reason) {
        String message = reason.replaceAll("[\"\\\\]", "'");
        lines.add(Syntax.RAISE + "(\"" + message + "\", \"builtins.RuntimeError\")");
        uninitialised(operation);
    }

    /** Behind an operator that fails nothing happens, but names must have the right types. */
    private void skip(Operation operation) {
        boolean copy =
                operation.value() instanceof Sequence
                        || (operation.value() instanceof Name && operation.targets().size() == 1);
        if (copy) {
            verbatim(operation, Signal.PLAIN);
        } else {
            uninitialised(operation);
        }
    }

    private void uninitialised(Operation operation) {
        for (String target : operation.targets()) {
            lines.add(target + " = uninitialized(Tensor)");
            signals.put(target, Signal.PLAIN);
            unreachable.add(target);
        }
    }

    private void verbatim(Operation operation, Signal signal) {
        lines.add(FlatProgram.line(operation));
        operation.targets().forEach(target -> signals.put(target, signal));
    }

    private void rewrite(Operation operation) throws Untappable {
        Expression value = operation.value();
        if (value instanceof Name || value instanceof Sequence || value instanceof Subscript) {
            verbatim(operation, signalOf(value));
            shared(operation);
            if (isList(value)) {
                lists.addAll(operation.targets());
            }
            return;
        }
        if (!(value instanceof Call call)) {
            throw OperatorWriter.unsupported("an attribute of a signal", operation);
        }
        String function = call.function().text();
        if (NUMBERS.contains(function)) {
            verbatim(operation, Signal.PLAIN);
        } else if (CASTS.contains(function)) {
            verbatim(operation, signalOf(call.arguments().get(1).value()));
            shared(operation);
        } else {
            operator(operation, call);
        }
    }

    private void operator(Operation operation, Call call) throws Untappable {
        String function = call.function().text();
        String name = OperatorKind.nameOf(call);
        boolean inPlace = name.endsWith("_") && !name.endsWith("__");
        String plainName = inPlace ? name.substring(0, name.length() - 1) : name;
        OperatorKind kind =
                OperatorKind.of(plainName)
                        .orElseThrow(
                                () -> OperatorWriter.unsupported("operator " + name, operation));
        if (kind == OperatorKind.QUERY) {
            verbatim(operation, Signal.PLAIN);
            return;
        }
        if (plainName.equals("append")) {
            append(operation, call);
            return;
        }
        if (plainName.equals("add") && isList(call.arguments().get(1).value())) {
            verbatim(operation, signalOf(call)); // joins two lists
            lists.addAll(operation.targets());
            return;
        }
        Call outOfPlace =
                inPlace
                        ? new Call(
                                new Name(function.substring(0, function.length() - 1)),
                                call.arguments())
                        : call;
        List<String> targets = inPlace ? overwritten(operation, call) : operation.targets();
        Signal result = operators.write(kind, plainName, outOfPlace, targets, operation, signals);
        targets.forEach(target -> signals.put(target, result));
        if (inPlace && !operation.targets().isEmpty()) {
            lines.add(operation.targets().get(0) + " = " + targets.get(0));
            signals.put(operation.targets().get(0), result);
            aliases.add(operation.targets().get(0), targets.get(0));
        } else if (kind == OperatorKind.MOVE) {
            shared(operation);
            if (LISTS.contains(plainName)) {
                lists.addAll(operation.targets());
            }
        }
    }

    private boolean isList(Expression value) {
        return (value instanceof Sequence sequence && sequence.list())
                || (value instanceof Name name && lists.contains(name.value()));
    }

    /** Appending changes the meaning of the list. */
    private void append(Operation operation, Call call) {
        String list = call.arguments().get(0).value().text();
        Signal joined = signalOf(call.arguments().get(1).value()).join(signal(list));
        signals.put(list, joined);
        verbatim(operation, joined);
    }

    /** What worked in place gives its operand the new value; views of the old one must be dead. */
    private List<String> overwritten(Operation operation, Call call) throws Untappable {
        String operand = call.arguments().get(0).value().text();
        for (String alias : aliases.of(operand)) {
            if (flow.isReadAfter(alias, operation)) {
                throw OperatorWriter.unsupported(
                        "an operator in place on a value of which a view is read later", operation);
            }
        }
        return List.of(operand);
    }

    private void shared(Operation operation) {
        for (String target : operation.targets()) {
            Operands.of(operation.value()).forEach(name -> aliases.add(target, name));
        }
    }

    private Signal signal(String name) {
        return signals.getOrDefault(name, Signal.PLAIN);
    }

    private Signal signalOf(Expression value) {
        return Operands.of(value).stream()
                .map(this::signal)
                .reduce(Signal::join)
                .orElse(Signal.PLAIN);
    }
}
