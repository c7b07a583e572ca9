package org.plumbline.core.instrument.channel;

import org.plumbline.core.instrument.channel.Channels.Form;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Argument;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Literal;
import org.plumbline.core.torchscript.source.Expression.Name;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** What operators without weights make of channels. Confined to one thread. */
final class ValueRules {
    private static final Set<String> COPIES = Set.of("contiguous", "clone", "detach", "alias");
    private static final Set<String> DROPOUTS =
            Set.of("dropout", "feature_dropout", "alpha_dropout");
    private static final Set<String> RESHAPES = Set.of("view", "reshape");
    private static final Set<String> NUMBERS =
            Set.of("int", "NumToTensor", "Int", "IntImplicit", "ScalarImplicit", "annotate");
    private static final List<Set<String>> LOCATIONS =
            List.of(Set.of("2", "3"), Set.of("-1", "-2"));

    private final ChannelFlow flow;
    private final ReshapeConstant.Finder constants;

    ValueRules(ChannelFlow flow, ReshapeConstant.Finder constants) {
        this.flow = flow;
        this.constants = constants;
    }

    /** Returns whether the result of an operator may lie in the memory of its first operand. */
    boolean mayAlias(String name) {
        return COPIES.contains(name)
                || DROPOUTS.contains(name)
                || RESHAPES.contains(name)
                || name.equals("flatten");
    }

    /** Returns the channels of the result; empty: nothing is known of it. */
    Optional<Channels> apply(String name, Call call, Operation operation) {
        if (NUMBERS.contains(name)) {
            number(call, operation);
            return Optional.empty();
        } else if (name.equals("t") && operation.targets().size() == 1) {
            String target = operation.targets().get(0);
            String weight = call.arguments().get(0).value().text();
            if (flow.tensors().isReadOnce(target) && flow.tensors().path(weight).isPresent()) {
                flow.transposed().put(target, weight);
            }
            return flow.refuse(operation, "");
        } else if (name.equals("cat") || name.equals("concat")) {
            return concatenated(call, operation);
        }
        Optional<DoubleBinaryOperator> arithmetic = arithmetic(name);
        if (arithmetic.isPresent()) {
            return combined(call, operation, arithmetic.get());
        }
        Optional<Channels> first = call.positional(0).map(Expression::text).flatMap(flow::value);
        Optional<Channels> result = first.flatMap(x -> unary(name, call, x, operation));
        return result.isPresent() ? result : flow.refuse(operation, "");
    }

    private void number(Call call, Operation operation) {
        Expression last = call.arguments().get(call.arguments().size() - 1).value();
        if (flow.batchSizes().contains(last.text())) {
            flow.batchSizes().addAll(operation.targets());
        } else {
            flow.pin(call, "read as a number");
        }
    }

    private Optional<Channels> unary(String name, Call call, Channels x, Operation operation) {
        Optional<DoubleUnaryOperator> function = ScalarFunctions.of(name, call);
        if (function.isPresent()) {
            return Optional.of(x.mapped(function.get()));
        } else if (COPIES.contains(name)) {
            return Optional.of(x);
        } else if (DROPOUTS.contains(name)) {
            return Optional.of(x).filter(v -> argument(call, 2).equals("False"));
        } else if (name.equals("flatten")) {
            return flattened(call, x);
        } else if (RESHAPES.contains(name)) {
            return reshaped(call, x, operation);
        }
        return Optional.of(x)
                .filter(v -> v.form() == Form.SPATIAL)
                .flatMap(v -> pooled(name, call, v));
    }

    /** Zeros around the input are part of a mean, and no part of a maximum. */
    private Optional<Channels> pooled(String name, Call call, Channels x) {
        if (name.equals("max_pool2d") || name.equals("adaptive_avg_pool2d")) {
            return Optional.of(x);
        } else if (name.equals("avg_pool2d")) {
            boolean plain =
                    argument(call, 3).matches("|\\[0(, 0)?\\]")
                            && argument(call, 4).matches("|False")
                            && argument(call, 6).matches("|None");
            return Optional.of(plain ? x : x.mapped(v -> v == 0 ? 0 : Double.NaN));
        } else if (name.equals("mean")) {
            return averaged(call, x);
        }
        return Optional.empty();
    }

    private Optional<Channels> averaged(Call call, Channels x) {
        Optional<Set<String>> axes =
                call.positional(1)
                        .flatMap(flow::elements)
                        .map(list -> Set.copyOf(list.stream().map(Expression::text).toList()));
        String kept = argument(call, 2);
        if (axes.filter(LOCATIONS::contains).isEmpty() || !kept.matches("|True|False")) {
            return Optional.empty();
        }
        return Optional.of(kept.equals("True") ? x : x.as(Form.FLAT));
    }

    private static Optional<Channels> flattened(Call call, Channels x) {
        boolean known = argument(call, 1).equals("1") && argument(call, 2).matches("|-1|3");
        return Optional.of(x).filter(v -> known).map(ValueRules::folded);
    }

    private static Channels folded(Channels x) {
        return x.form() == Form.SPATIAL ? x.as(Form.FOLDED) : x;
    }

    /** {@code [samples, -1]}, or one of the two as a number. */
    private Optional<Channels> reshaped(Call call, Channels x, Operation operation) {
        List<Expression> sizes = call.positional(1).flatMap(flow::elements).orElse(List.of());
        if (sizes.size() != 2) {
            return Optional.empty();
        }
        boolean samples = flow.batchSizes().contains(sizes.get(0).text());
        boolean inferred = sizes.get(0).text().equals("-1");
        String entries = sizes.get(1).text();
        if (samples && entries.equals("-1")) {
            return Optional.of(folded(x));
        }
        if (!(samples || inferred) || !entries.matches("[1-9][0-9]{0,8}")) {
            return Optional.empty();
        }
        Channels folded = folded(x);
        int count = Integer.parseInt(entries);
        if (!folded.fits(count)) {
            return Optional.empty();
        }
        Optional<ReshapeConstant> constant = constants.find(operation, folded, count, inferred);
        constant.ifPresent(flow.reshapes()::add);
        return constant.map(c -> folded.spread(count));
    }

    private Optional<Channels> concatenated(Call call, Operation operation) {
        Optional<List<Channels>> parts =
                Optional.of(argument(call, 1))
                        .filter(axis -> axis.equals("1"))
                        .flatMap(axis -> call.positional(0))
                        .flatMap(flow::elements)
                        .flatMap(this::channels)
                        .filter(ValueRules::areAlike);
        return parts.isPresent()
                ? parts.get().stream().reduce(Channels::followedBy)
                : flow.refuse(operation, "");
    }

    private Optional<List<Channels>> channels(List<Expression> elements) {
        List<Channels> channels = new ArrayList<>();
        elements.forEach(e -> flow.value(e.text()).ifPresent(channels::add));
        return Optional.of(channels).filter(c -> !c.isEmpty() && c.size() == elements.size());
    }

    private static boolean areAlike(List<Channels> parts) {
        Form form = parts.get(0).form();
        return form != Form.FOLDED && parts.stream().allMatch(part -> part.form() == form);
    }

    private static Optional<DoubleBinaryOperator> arithmetic(String name) {
        return switch (name) {
            case "add" -> Optional.of((a, b) -> a + b);
            case "sub" -> Optional.of((a, b) -> a - b);
            case "mul" -> Optional.of((a, b) -> a == 0 || b == 0 ? 0 : a * b);
            case "div" -> Optional.of((a, b) -> a / b);
            default -> Optional.empty();
        };
    }

    /** With a number each channel stays alone; with another value channels are tied in pairs. */
    private Optional<Channels> combined(
            Call call, Operation operation, DoubleBinaryOperator function) {
        Expression right = call.positional(1).orElse(Literal.NONE);
        Optional<Channels> a = call.positional(0).map(Expression::text).flatMap(flow::value);
        Optional<Channels> b = Optional.of(right.text()).flatMap(flow::value);
        boolean plain =
                call.arguments().stream().skip(2).map(Argument::value).allMatch(v -> v.isNumber(1));
        Optional<Double> number = right.number();
        if (a.isPresent() && number.isPresent() && plain) {
            return a.map(x -> x.mapped(v -> function.applyAsDouble(v, number.get())));
        }
        boolean alike =
                a.isPresent()
                        && b.isPresent()
                        && plain
                        && right instanceof Name
                        && a.get().form() == b.get().form()
                        && a.get().form() != Form.FOLDED
                        && a.get().size() == b.get().size();
        return alike ? tied(a.get(), b.get(), function) : flow.refuse(operation, "");
    }

    private Optional<Channels> tied(Channels a, Channels b, DoubleBinaryOperator function) {
        double[] constants = a.constants();
        for (int i = 0; i < constants.length; i++) {
            flow.units().tie(a.unit(i), b.unit(i));
            constants[i] = function.applyAsDouble(constants[i], b.constant(i));
        }
        return Optional.of(a.withConstants(constants));
    }

    private static String argument(Call call, int place) {
        return call.positional(place).map(Expression::text).orElse("");
    }
}
