package org.plumbline.core.instrument.channel;

import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Literal;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** What operators that treat each element alone make of a constant. */
final class ScalarFunctions {
    private static final Map<String, DoubleUnaryOperator> EXACT =
            Map.of(
                    "relu", v -> Math.max(v, 0),
                    "relu6", v -> Math.min(Math.max(v, 0), 6),
                    "sigmoid", v -> 1 / (1 + Math.exp(-v)),
                    "tanh", Math::tanh,
                    "silu", v -> v / (1 + Math.exp(-v)),
                    "hardsigmoid", v -> Math.min(Math.max(v + 3, 0), 6) / 6,
                    "hardswish", v -> v * Math.min(Math.max(v + 3, 0), 6) / 6);

    /** Known to keep 0; of other constants nothing is claimed. */
    private static final Set<String> KEEP_ZERO =
            Set.of("gelu", "elu", "selu", "celu", "mish", "softsign", "log1p", "sin", "erf");

    /** Of whose constants nothing is claimed. */
    private static final Set<String> OTHERS = Set.of("softplus", "exp", "log_sigmoid", "cos");

    private static final double LEAK = 0.01;

    private ScalarFunctions() {}

    /** Returns the function an operator applies to each element, NaN where it is not known. */
    static Optional<DoubleUnaryOperator> of(String name, Call call) {
        if (EXACT.containsKey(name)) {
            return Optional.ofNullable(EXACT.get(name));
        } else if (KEEP_ZERO.contains(name)) {
            return Optional.of(v -> v == 0 ? 0 : Double.NaN);
        } else if (OTHERS.contains(name)) {
            return Optional.of(v -> Double.NaN);
        }
        return switch (name) {
            case "leaky_relu" -> {
                double slope = number(call, 1, LEAK);
                yield Optional.of(v -> v >= 0 ? v : slope * v);
            }
            case "hardtanh" -> Optional.of(clamped(number(call, 1, -1), number(call, 2, 1)));
            case "clamp" ->
                    Optional.of(
                            clamped(
                                    number(call, 1, Double.NEGATIVE_INFINITY),
                                    number(call, 2, Double.POSITIVE_INFINITY)));
            case "clamp_min" ->
                    Optional.of(clamped(number(call, 1, Double.NaN), Double.POSITIVE_INFINITY));
            case "clamp_max" ->
                    Optional.of(clamped(Double.NEGATIVE_INFINITY, number(call, 1, Double.NaN)));
            default -> Optional.empty();
        };
    }

    private static DoubleUnaryOperator clamped(double low, double high) {
        return v -> Math.min(Math.max(v, low), high);
    }

    /** Returns a positional number; {@code None} or none is the default, an expression NaN. */
    private static double number(Call call, int place, double otherwise) {
        Optional<Expression> argument = call.positional(place);
        if (argument.isEmpty() && call.arguments().size() > place) {
            return Double.NaN; // by keyword
        }
        if (argument.isEmpty() || argument.get().equals(Literal.NONE)) {
            return otherwise;
        }
        return argument.get().number().orElse(Double.NaN);
    }
}
