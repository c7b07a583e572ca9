package org.plumbline.core.instrument.channel;

import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Literal;
import org.plumbline.core.torchscript.source.Expression.Sequence;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A convolution or linear layer in a program, its weight {@code [outputs, inputs, ...]}. Immutable.
 *
 * @param input name of the input
 * @param weight name of the weight
 * @param bias name of the bias, if there is one
 * @param convolution whether it is one, of two axes
 * @param padded whether zeros may surround the input
 * @param grouped whether outputs read some inputs only
 */
record LinearOperator(
        String input,
        String weight,
        Optional<String> bias,
        boolean convolution,
        boolean padded,
        boolean grouped) {
    private static final Map<String, Integer> GROUPS =
            Map.of("torch.conv2d", 6, "torch._convolution", 8);
    private static final Set<String> LINEAR = Set.of("torch.linear", "torch.addmm");
    private static final int PADDING = 4;
    private static final int TRANSPOSED = 6;

    /** Returns whether a call is of an operator read here. */
    static boolean is(Call call) {
        String name = call.function().text();
        return GROUPS.containsKey(name) || LINEAR.contains(name);
    }

    /**
     * Reads a call; empty: it has a form that is not known.
     *
     * @param transposed the weights that were transposed, by the name of the result
     */
    static Optional<LinearOperator> of(Call call, Map<String, String> transposed) {
        return switch (call.function().text()) {
            case "torch.linear" ->
                    Optional.of(
                            new LinearOperator(
                                    text(call, 0),
                                    text(call, 1),
                                    optional(call, 2),
                                    false,
                                    false,
                                    false));
            case "torch.addmm" -> product(call, transposed);
            case "torch.conv2d" -> Optional.of(convolution(call));
            case "torch._convolution" ->
                    Optional.of(convolution(call)).filter(c -> isFalse(call, TRANSPOSED));
            default -> Optional.empty();
        };
    }

    /** {@code addmm(bias, x, t(weight))}. */
    private static Optional<LinearOperator> product(Call call, Map<String, String> transposed) {
        boolean plain =
                call.arguments().stream()
                        .filter(argument -> argument.keyword().isPresent())
                        .allMatch(argument -> argument.value().isNumber(1));
        return Optional.ofNullable(transposed.get(text(call, 2)))
                .filter(weight -> plain)
                .map(
                        weight ->
                                new LinearOperator(
                                        text(call, 1),
                                        weight,
                                        optional(call, 0),
                                        false,
                                        false,
                                        false));
    }

    private static LinearOperator convolution(Call call) {
        int groups = GROUPS.getOrDefault(call.function().text(), 0);
        return new LinearOperator(
                text(call, 0),
                text(call, 1),
                optional(call, 2),
                true,
                call.arguments().size() > PADDING && !isZeros(call.positional(PADDING)),
                call.arguments().size() > groups && !text(call, groups).equals("1"));
    }

    private static boolean isZeros(Optional<Expression> padding) {
        return padding.isPresent()
                && padding.get() instanceof Sequence sequence
                && sequence.elements().stream().allMatch(e -> e.text().equals("0"));
    }

    private static boolean isFalse(Call call, int place) {
        return call.positional(place).equals(Optional.of(Literal.of(false)));
    }

    private static String text(Call call, int place) {
        return place < call.arguments().size() ? call.arguments().get(place).value().text() : "";
    }

    private static Optional<String> optional(Call call, int place) {
        return Optional.of(text(call, place))
                .filter(name -> !name.isEmpty() && !name.equals(Literal.NONE.text()));
    }
}
