package org.plumbline.core.instrument.relevance;

import static org.plumbline.core.instrument.relevance.Lines.torch;

import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Argument;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Literal;
import org.plumbline.core.torchscript.source.Expression.Name;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A linear operator with an input, a weight and perhaps a bias, whatever its name. Immutable.
 *
 * @param call as in the program
 * @param form where the operator has its operands
 */
record Weighted(Call call, Form form) {
    private static final Map<String, Form> FORMS =
            Map.of(
                    "torch.conv1d", new Form(0, 1, 2, true),
                    "torch.conv2d", new Form(0, 1, 2, true),
                    "torch.conv3d", new Form(0, 1, 2, true),
                    "torch._convolution", new Form(0, 1, 2, true),
                    "torch.linear", new Form(0, 1, 2, false),
                    "torch.addmm", new Form(1, 2, 0, false),
                    "torch.matmul", new Form(0, 1, -1, false),
                    "torch.mm", new Form(0, 1, -1, false));
    private static final int TRANSPOSED = 6;

    /** Places of input, weight and bias; -1: no such operand. */
    record Form(int input, int weight, int bias, boolean convolution) {}

    /** Returns the operator of a call, if it is one whose weight may be split. */
    static Optional<Weighted> of(Call call) {
        Form form = FORMS.get(call.function().text());
        boolean known =
                form != null
                        && call.arguments().size() > Math.max(form.input(), form.weight())
                        && plainForm(call);
        return known && form != null ? Optional.of(new Weighted(call, form)) : Optional.empty();
    }

    /** No transposed convolution, no scaled {@code addmm}. */
    private static boolean plainForm(Call call) {
        return switch (call.function().text()) {
            case "torch._convolution" ->
                    call.positional(TRANSPOSED).equals(Optional.of(Literal.of(false)));
            case "torch.addmm" ->
                    call.arguments().stream()
                            .filter(a -> a.keyword().isPresent())
                            .allMatch(a -> a.value().isNumber(1));
            default -> true;
        };
    }

    String input() {
        return operand(form.input());
    }

    String weight() {
        return operand(form.weight());
    }

    /** Returns the bias, unless there is none. */
    Optional<String> bias() {
        boolean there = form.bias() >= 0 && form.bias() < call.arguments().size();
        return there
                ? Optional.of(operand(form.bias())).filter(b -> !b.equals(Literal.NONE.text()))
                : Optional.empty();
    }

    private String operand(int place) {
        return call.arguments().get(place).value().text();
    }

    /** Returns the operator on other operands. */
    String applied(String x, String w, Optional<String> b) {
        if (form.bias() < 0) {
            String product = call.function().text() + "(" + x + ", " + w + ")";
            return b.map(bias -> "torch.add(" + product + ", " + bias + ")").orElse(product);
        }
        if (form.bias() == 0) { // addmm: the bias cannot be left out
            return b.map(bias -> "torch.addmm(" + bias + ", " + x + ", " + w + ")")
                    .orElse("torch.mm(" + x + ", " + w + ")");
        }
        List<Argument> arguments = new ArrayList<>(call.arguments());
        arguments.set(form.input(), Argument.of(new Name(x)));
        arguments.set(form.weight(), Argument.of(new Name(w)));
        Expression bias = b.<Expression>map(Name::new).orElse(Literal.NONE);
        if (form.bias() < arguments.size()) {
            arguments.set(form.bias(), Argument.of(bias));
        } else {
            arguments.add(Argument.of(bias));
        }
        return new Call(call.function(), arguments).text();
    }

    /** Returns the weight with every output unit multiplied by its factor. */
    String scaled(String factor) {
        boolean outputsLast = form.bias() <= 0; // addmm and products take the transposed weight
        String w = weight();
        return outputsLast
                ? torch("mul", w, factor)
                : torch(
                        "transpose",
                        torch("mul", torch("transpose", w, "0", "-1"), factor),
                        "0",
                        "-1");
    }
}
