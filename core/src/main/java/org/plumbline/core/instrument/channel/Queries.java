package org.plumbline.core.instrument.channel;

import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Call;

import java.util.Set;

/** Questions about a value whose answers do not change when it loses channels. */
final class Queries {
    private static final Set<String> HARMLESS =
            Set.of(
                    "dim",
                    "dtype",
                    "device",
                    "layout",
                    "len",
                    "is_cuda",
                    "is_complex",
                    "is_floating_point",
                    "is_nested",
                    "requires_grad",
                    "__is__",
                    "__isnot__");

    /** Axes other than that of the channels. */
    private static final Set<String> OTHER_AXES = Set.of("0", "2", "3");

    private Queries() {}

    static boolean isHarmless(Expression value) {
        return value instanceof Call call
                && (HARMLESS.contains(nameOf(call)) || isOtherSize(call) || isShape(call));
    }

    private static boolean isOtherSize(Call call) {
        return nameOf(call).equals("size")
                && call.positional(1).filter(axis -> isOtherAxis(axis)).isPresent();
    }

    static boolean isOtherAxis(Expression axis) {
        return OTHER_AXES.contains(axis.text());
    }

    /** Returns whether a call asks for all sizes; harmless until that of the channels is read. */
    static boolean isShape(Call call) {
        return nameOf(call).equals("size") && call.arguments().size() == 1;
    }

    /** Returns whether a call asks for the number of samples. */
    static boolean isBatchSize(Call call) {
        return nameOf(call).equals("len")
                || (nameOf(call).equals("size")
                        && call.positional(1).filter(axis -> axis.text().equals("0")).isPresent());
    }

    /** Returns the name of a call's operator without its namespace. */
    static String nameOf(Call call) {
        String function = call.function().text();
        return function.substring(function.lastIndexOf('.') + 1);
    }
}
