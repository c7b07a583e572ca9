package org.plumbline.core.instrument.channel;

import org.plumbline.core.instrument.relevance.FlatProgram;
import org.plumbline.core.instrument.relevance.Operands;
import org.plumbline.core.instrument.relevance.Step;
import org.plumbline.core.instrument.relevance.Step.Branch;
import org.plumbline.core.instrument.relevance.Step.Loop;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Name;
import org.plumbline.core.torchscript.source.Expression.Sequence;
import org.plumbline.core.torchscript.source.Expression.Subscript;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Follows channels through a program, from the layers that make them to those that read them, and
 * the constants some of them are. Where an operator has no rule, channels that reach it are pinned.
 * Confined to one thread.
 */
final class ChannelFlow {
    private final Units units = new Units();
    private final Tensors tensors;
    private final List<Layer> layers = new ArrayList<>();
    private final Map<String, String> left = new LinkedHashMap<>();
    private final List<ReshapeConstant> reshapes = new ArrayList<>();

    private final Map<String, Channels> values = new HashMap<>();
    private final Map<String, Sequence> lists = new HashMap<>();
    private final Map<String, Name> shapes = new HashMap<>();
    private final Map<String, String> transposed = new HashMap<>();
    private final Set<String> batchSizes = new HashSet<>();
    private final Map<String, Set<String>> aliases = new HashMap<>();
    private final LayerRules layerRules;
    private final ValueRules valueRules;

    private ChannelFlow(Archive archive, FlatProgram program) {
        tensors = new Tensors(archive, program);
        layerRules = new LayerRules(this);
        valueRules = new ValueRules(this, new ReshapeConstant.Finder(archive, program));
    }

    /** Follows a program from its input to its result. */
    static ChannelFlow of(Archive archive, FlatProgram program) {
        ChannelFlow flow = new ChannelFlow(archive, program);
        flow.steps(program.steps());
        flow.pin(program.result(), "the model's answer");
        return flow;
    }

    private void steps(List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Operation operation) {
                operation(operation);
            } else if (step instanceof Branch branch) {
                pin(branch.condition(), "read by a condition");
                unknown(branch.then());
                unknown(branch.otherwise());
            } else if (step instanceof Loop loop) {
                pin(loop.over(), "read by a loop");
                unknown(loop.body());
            }
        }
    }

    /** What runs or not, or more than once, may read channels but not lose them. */
    private void unknown(List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Operation operation) {
                if (!Queries.isHarmless(operation.value())) {
                    pin(operation.value(), "read in a branch or loop");
                    Operands.of(operation.value()).forEach(n -> overwrite(n, Optional.empty()));
                }
                operation.targets().forEach(this::forget);
            } else {
                steps(List.of(step));
            }
        }
    }

    private void operation(Operation operation) {
        Expression value = operation.value();
        if (value instanceof Name name) {
            operation.targets().forEach(target -> copy(target, name.value()));
        } else if (value instanceof Sequence sequence && operation.targets().size() == 1) {
            lists.put(operation.targets().get(0), sequence);
        } else if (value instanceof Call call && Queries.isHarmless(call)) {
            query(call, operation.targets());
        } else if (value instanceof Call call) {
            call(call, operation);
        } else if (value instanceof Subscript entry
                && shapes.containsKey(entry.base().text())
                && Queries.isOtherAxis(entry.index())) {
            if (entry.index().text().equals("0")) {
                batchSizes.addAll(operation.targets());
            }
        } else {
            pin(value, "read by " + operation.origin().text());
        }
    }

    private void query(Call call, List<String> targets) {
        boolean ofShape =
                call.arguments().stream().anyMatch(a -> shapes.containsKey(a.value().text()));
        if (Queries.isBatchSize(call) && !ofShape) {
            batchSizes.addAll(targets);
        } else if (Queries.isShape(call) && call.arguments().get(0).value() instanceof Name name) {
            targets.forEach(target -> shapes.put(target, name));
        }
    }

    private void copy(String target, String source) {
        value(source).ifPresent(channels -> values.put(target, channels));
        Optional.ofNullable(lists.get(source)).ifPresent(list -> lists.put(target, list));
        Optional.ofNullable(shapes.get(source)).ifPresent(shape -> shapes.put(target, shape));
        if (batchSizes.contains(source)) {
            batchSizes.add(target);
        }
        alias(target, source);
    }

    private void call(Call call, Operation operation) {
        String operator = Queries.nameOf(call);
        boolean inPlace = operator.endsWith("_") && !operator.endsWith("__");
        String name = inPlace ? operator.substring(0, operator.length() - 1) : operator;
        Optional<Channels> result = result(name, call, operation);
        if (inPlace && call.arguments().get(0).value() instanceof Name operand) {
            overwrite(operand.value(), result);
            operation.targets().forEach(target -> alias(target, operand.value()));
        } else if (valueRules.mayAlias(name) && call.positional(0).isPresent()) {
            String source = call.arguments().get(0).value().text();
            operation.targets().forEach(target -> alias(target, source));
        }
        operation.targets().forEach(this::forget);
        if (operation.targets().size() == 1) {
            result.ifPresent(channels -> values.put(operation.targets().get(0), channels));
        } else if (!operation.targets().isEmpty()) {
            result.ifPresent(channels -> pin(channels, "one of several results"));
        }
    }

    private Optional<Channels> result(String name, Call call, Operation operation) {
        if (LinearOperator.is(call)) {
            return layerRules.linear(call, operation);
        } else if (name.equals("batch_norm")) {
            return layerRules.batchNorm(call, operation);
        }
        return valueRules.apply(name, call, operation);
    }

    private void overwrite(String operand, Optional<Channels> result) {
        for (String alias : aliases.getOrDefault(operand, Set.of())) {
            value(alias).ifPresent(shared -> values.put(alias, shared.varying()));
        }
        if (result.isPresent()) {
            values.put(operand, result.get());
        } else {
            forget(operand);
        }
    }

    private void forget(String name) {
        values.remove(name);
    }

    private void alias(String a, String b) {
        Set<String> group = new HashSet<>(aliases.getOrDefault(a, Set.of()));
        group.addAll(aliases.getOrDefault(b, Set.of()));
        group.addAll(Set.of(a));
        group.add(b);
        group.forEach(name -> aliases.put(name, group));
    }

    /** Makes every channel that an expression reads stay. */
    void pin(Expression expression, String reason) {
        for (String name : Operands.of(expression)) {
            value(name).ifPresent(channels -> pin(channels, reason));
            Sequence list = lists.remove(name);
            if (list != null) {
                pin(list, reason);
            }
            Name shape = shapes.remove(name);
            if (shape != null) {
                pin(shape, "its number of channels is read");
            }
        }
    }

    void pin(Channels channels, String reason) {
        for (int unit : channels.units()) {
            units.pin(unit, reason);
        }
    }

    /** Makes what an operator reads stay, since there is no rule for it. */
    Optional<Channels> refuse(Operation operation, String reason) {
        String reader = operation.value() instanceof Call call ? Queries.nameOf(call) : "it";
        pin(operation.value(), reason.isEmpty() ? "read by " + reader : reason);
        return Optional.empty();
    }

    /** Notes why a layer keeps its shape. */
    void leave(String layer, String reason) {
        left.putIfAbsent(layer, reason);
    }

    /** Returns the channels of a value, unless nothing is known of them. */
    Optional<Channels> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Returns the elements of a list that is written out or held by a name. */
    Optional<List<Expression>> elements(Expression list) {
        Sequence sequence = list instanceof Sequence written ? written : lists.get(list.text());
        return Optional.ofNullable(sequence).map(Sequence::elements);
    }

    Units units() {
        return units;
    }

    Tensors tensors() {
        return tensors;
    }

    /** Returns the layers in order; live. */
    List<Layer> layers() {
        return layers;
    }

    /** Returns layers that keep their shape with the reason. */
    Map<String, String> left() {
        return left;
    }

    /** Returns sizes written in code; live. */
    List<ReshapeConstant> reshapes() {
        return reshapes;
    }

    /** Returns the names of transposed weights by the name of the result; live. */
    Map<String, String> transposed() {
        return transposed;
    }

    /** Returns the names that hold the number of samples; live. */
    Set<String> batchSizes() {
        return batchSizes;
    }
}
