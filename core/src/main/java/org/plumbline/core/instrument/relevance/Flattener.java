package org.plumbline.core.instrument.relevance;

import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.instrument.relevance.Step.Loop;
import org.plumbline.core.instrument.relevance.Step.Mark;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.instrument.relevance.Syntax.Assign;
import org.plumbline.core.instrument.relevance.Syntax.If;
import org.plumbline.core.instrument.relevance.Syntax.Repeat;
import org.plumbline.core.instrument.relevance.Syntax.Return;
import org.plumbline.core.instrument.relevance.Value.Elements;
import org.plumbline.core.instrument.relevance.Value.Operand;
import org.plumbline.core.instrument.relevance.Value.Submodule;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Argument;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Literal;
import org.plumbline.core.torchscript.source.Expression.Name;
import org.plumbline.core.torchscript.source.Expression.Sequence;
import org.plumbline.core.torchscript.source.FunctionSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Parameter;
import org.plumbline.core.torchscript.source.SourceFile;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes out every call below {@code forward} until only operators are left. Names become unique,
 * copies vanish, and branches that the archive itself decides (a flag, a missing bias) are taken.
 * Confined to one thread.
 */
public final class Flattener {
    private static final int DEEPEST = 200;
    private static final int MOST_STEPS = 200_000;

    private final Map<String, FunctionSource> functions;
    private final Optional<String> marked;
    private final Folding folding = new Folding();
    private final Constants constants;
    private final Evaluator evaluator;
    private List<Step> out = new ArrayList<>();
    private int names;
    private int steps;
    private String statement = "";

    private Flattener(Archive archive, String self, Optional<LayerPath> marked) {
        this.functions = archive.functions();
        this.marked = marked.map(LayerPath::value);
        this.constants = new Constants(archive, self, folding);
        this.evaluator = new Evaluator(this, constants, folding);
    }

    /**
     * Flattens the forward method of the root.
     *
     * @param marked layer whose output is marked in the program
     * @throws Untappable naming the statement that cannot be written out
     */
    public static FlatProgram flatten(
            Archive archive, MethodSource forward, Optional<LayerPath> marked) throws Untappable {
        Flattener flattener = new Flattener(archive, forward.self(), marked);
        Submodule root = new Submodule("", archive.rootType());
        String input = "pl_x";
        flattener.folding.present(input);
        Value result = flattener.method(root, forward, List.of(new Operand(new Name(input))), 0);
        return new FlatProgram(
                forward.self(),
                input,
                flattener.constants.steps(),
                flattener.out,
                result.expression());
    }

    /** Writes out a call of a method. */
    Value method(Submodule module, MethodSource method, List<Value> arguments, int depth)
            throws Untappable {
        Frame frame = Frame.of(module.path(), depth);
        frame.values().put(method.self(), module);
        SourceFile file = module.type().file();
        Value result =
                body(frame, method.parameters(), arguments, Syntax.parse(file, method.body()));
        if (marked.equals(Optional.of(module.path())) && method.name().startsWith("forward")) {
            out.add(new Mark(result.expression()));
        }
        return result;
    }

    /** Writes out a call of a printed function; empty: there is no such function. */
    Optional<Value> function(String name, List<Value> arguments, Frame caller) throws Untappable {
        FunctionSource function = functions.get(name);
        if (function == null) {
            return Optional.empty();
        }
        Frame frame = Frame.of(caller.module(), caller.depth() + 1);
        List<Syntax> syntax = Syntax.parse(function.file(), function.body());
        return Optional.of(body(frame, function.parameters(), arguments, syntax));
    }

    private Value body(
            Frame frame, List<Parameter> parameters, List<Value> arguments, List<Syntax> syntax)
            throws Untappable {
        if (frame.depth() > DEEPEST) {
            throw new Untappable("calls deeper than " + DEEPEST + ", " + where(frame).text());
        }
        if (parameters.size() != arguments.size()) {
            throw new Untappable("a call with defaulted arguments, " + where(frame).text());
        }
        for (int i = 0; i < arguments.size(); i++) {
            frame.values().put(parameters.get(i).name(), named(arguments.get(i), frame));
        }
        String before = statement;
        Value result = block(syntax, frame).orElse(new Operand(Literal.NONE));
        statement = before;
        return result;
    }

    /** Lists are mutable: one that is given a name is made once. */
    private Value named(Value value, Frame frame) throws Untappable {
        boolean list =
                value instanceof Operand operand
                        && operand.expression() instanceof Sequence sequence
                        && sequence.elements().stream().anyMatch(e -> !(e instanceof Literal));
        return list ? emit(value.expression(), frame) : value;
    }

    private Optional<Value> block(List<Syntax> block, Frame frame) throws Untappable {
        for (Syntax syntax : block) {
            if (syntax instanceof Return returned) {
                return Optional.of(evaluator.value(returned.value(), frame));
            } else if (syntax instanceof Assign assign) {
                statement = assign.text();
                assign(assign, frame);
            } else if (syntax instanceof Repeat repeat) {
                loop(repeat, frame);
            } else if (syntax instanceof If branch) {
                Optional<Value> returned = branch(branch, frame);
                if (returned.isPresent()) {
                    return returned;
                }
            }
        }
        return Optional.empty();
    }

    private void assign(Assign assign, Frame frame) throws Untappable {
        if (assign.targets().isEmpty()) {
            evaluator.effect(assign.value(), frame);
            return;
        }
        Value value = named(evaluator.value(assign.value(), frame), frame);
        if (assign.targets().size() == 1) {
            String name = assign.targets().get(0);
            frame.values().put(name, value);
            assign.type().ifPresent(type -> frame.types().put(name, type));
        } else if (value instanceof Elements elements
                && elements.values().size() == assign.targets().size()) {
            for (int i = 0; i < assign.targets().size(); i++) {
                frame.values().put(assign.targets().get(i), elements.values().get(i));
            }
        } else {
            List<String> targets = new ArrayList<>();
            for (String name : assign.targets()) {
                String target = fresh();
                targets.add(target);
                frame.values().put(name, new Operand(new Name(target)));
            }
            add(new Operation(targets, Optional.empty(), value.expression(), where(frame)), frame);
        }
    }

    /** Adds an operation and returns the name of its result. */
    Value emit(Expression value, Frame frame) throws Untappable {
        String name = fresh();
        add(new Operation(List.of(name), Optional.empty(), value, where(frame)), frame);
        if (value instanceof Call call && call.function().text().startsWith("torch.")) {
            folding.present(name);
        }
        return new Operand(new Name(name));
    }

    /** Adds an operation whose result is not used. */
    void emitEffect(Expression value, Frame frame) throws Untappable {
        add(new Operation(List.of(), Optional.empty(), value, where(frame)), frame);
    }

    private void add(Step step, Frame frame) throws Untappable {
        if (++steps > MOST_STEPS) {
            throw new Untappable("more than " + MOST_STEPS + " steps, " + where(frame).text());
        }
        out.add(step);
    }

    private Optional<Value> branch(If branch, Frame frame) throws Untappable {
        Expression condition = evaluator.value(branch.condition(), frame).expression();
        Optional<Boolean> known = Folding.truth(condition);
        if (known.isPresent()) {
            return block(known.get() ? branch.then() : branch.otherwise(), frame);
        }
        if (Syntax.raises(branch.then()) || Syntax.raises(branch.otherwise())) {
            return guard(branch, condition, frame);
        }
        List<Step> outside = out;
        Frame thenFrame = frame.arm();
        List<Step> then = arm(branch.then(), thenFrame);
        Frame otherFrame = frame.arm();
        List<Step> otherwise = arm(branch.otherwise(), otherFrame);
        out = outside;
        Set<String> assigned = new LinkedHashSet<>();
        Syntax.assigned(List.of(branch), assigned);
        for (String name : assigned) {
            join(name, frame, thenFrame, otherFrame, then, otherwise);
        }
        out.add(new Step.Branch(condition, then, otherwise));
        return Optional.empty();
    }

    /** {@code if c: raise else: b} is {@code if c: raise}, then {@code b}. */
    private Optional<Value> guard(If branch, Expression condition, Frame frame) throws Untappable {
        boolean raisesThen = Syntax.raises(branch.then());
        List<Step> outside = out;
        List<Step> raise = arm(raisesThen ? branch.then() : branch.otherwise(), frame.arm());
        out = outside;
        out.add(
                raisesThen
                        ? new Step.Branch(condition, raise, List.of())
                        : new Step.Branch(condition, List.of(), raise));
        return block(raisesThen ? branch.otherwise() : branch.then(), frame);
    }

    private List<Step> arm(List<Syntax> block, Frame frame) throws Untappable {
        List<Step> steps = new ArrayList<>();
        out = steps;
        if (block(block, frame).isPresent()) {
            throw new Untappable("a return inside a branch, " + where(frame).text());
        }
        return steps;
    }

    /** A name that both arms know keeps its value if that is one, else gets a variable. */
    private void join(
            String name,
            Frame frame,
            Frame thenFrame,
            Frame otherFrame,
            List<Step> then,
            List<Step> otherwise) {
        Value a = thenFrame.values().get(name);
        Value b = otherFrame.values().get(name);
        if (a == null || b == null) {
            return;
        }
        if (a.equals(b)) {
            frame.values().put(name, a);
            return;
        }
        String joined = fresh();
        Optional<String> type = Optional.ofNullable(frame.types().get(name));
        then.add(new Operation(List.of(joined), type, a.expression(), where(frame)));
        otherwise.add(new Operation(List.of(joined), type, b.expression(), where(frame)));
        if (folding.isPresent(a.expression()) && folding.isPresent(b.expression())) {
            folding.present(joined);
        }
        frame.values().put(name, new Operand(new Name(joined)));
    }

    private void loop(Repeat repeat, Frame frame) throws Untappable {
        Set<String> assigned = new LinkedHashSet<>();
        Syntax.assigned(repeat.body(), assigned);
        assigned.retainAll(frame.values().keySet());
        for (String name : assigned) {
            carry(name, fresh(), frame.value(name), frame);
        }
        Frame body = frame.arm();
        Optional<String> variable = repeat.variable().map(v -> fresh());
        repeat.variable().ifPresent(v -> body.values().put(v, operand(variable.orElseThrow())));
        Expression over = evaluator.header(repeat.over(), frame);
        List<Step> outside = out;
        List<Step> inside = arm(repeat.body(), body);
        List<String> latest = new ArrayList<>();
        for (String name : assigned) { // all are read before any is written
            latest.add(fresh());
            Expression value = body.value(name).expression();
            String target = latest.get(latest.size() - 1);
            inside.add(new Operation(List.of(target), Optional.empty(), value, where(frame)));
        }
        int i = 0;
        for (String name : assigned) {
            String variableName = frame.value(name).expression().text();
            Expression value = new Name(latest.get(i++));
            inside.add(new Operation(List.of(variableName), Optional.empty(), value, where(frame)));
        }
        out = outside;
        out.add(new Loop(variable, over, inside));
    }

    private void carry(String name, String variable, Value value, Frame frame) throws Untappable {
        Optional<String> type = Optional.ofNullable(frame.types().get(name));
        add(new Operation(List.of(variable), type, value.expression(), where(frame)), frame);
        frame.values().put(name, operand(variable));
    }

    private static Value operand(String name) {
        return new Operand(new Name(name));
    }

    private String fresh() {
        return "pl_v" + names++;
    }

    /** Returns the place of the statement being written out. */
    Origin where(Frame frame) {
        return new Origin(frame.module(), statement);
    }

    /** Returns arguments as operands. */
    static List<Argument> operands(List<Argument> arguments, List<Value> values) {
        List<Argument> operands = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            operands.add(new Argument(arguments.get(i).keyword(), values.get(i).expression()));
        }
        return operands;
    }
}
