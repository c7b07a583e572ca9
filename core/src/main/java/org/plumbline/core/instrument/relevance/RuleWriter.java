package org.plumbline.core.instrument.relevance;

import static org.plumbline.core.instrument.relevance.Lines.torch;

import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.instrument.relevance.LrpRule.AlphaBeta;
import org.plumbline.core.instrument.relevance.LrpRule.Box;
import org.plumbline.core.instrument.relevance.LrpRule.Flat;
import org.plumbline.core.instrument.relevance.LrpRule.Plus;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.torchscript.source.Expression.Literal;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes a stand-in for a weighted operator, linear in its input, whose transposed map sends
 * relevance of the output to relevance of the input. With {@code d(x)} for {@code detach(x)}:
 * {@code m = W (x d(x)) / d(s(z))} has {@code dm/dx^T R = d(x) W^T (R / s(z))}, the epsilon rule;
 * the other rules differ in what stands for {@code x}, {@code W} and {@code z}. Confined to one
 * thread.
 */
final class RuleWriter {
    private static final int GAMMA = 1;
    private static final int BETA = 2;
    private static final int MEAN = 3;
    private static final int VARIANCE = 4;
    private static final int EPSILON = 7;
    private static final String NONE = Literal.NONE.text();

    private final LrpComposite composite;
    private final Fixing fixing;
    private final Lines lines;

    RuleWriter(LrpComposite composite, Fixing fixing, Lines lines) {
        this.composite = composite;
        this.fixing = fixing;
        this.lines = lines;
    }

    /**
     * What a rule is applied to. Immutable.
     *
     * @param weight name of the weight, batch normalisation folded in
     * @param bias name of the bias, batch normalisation folded in
     * @param output name of what the layer answered
     * @param signal of the input
     */
    record Layer(
            Weighted operator,
            String weight,
            Optional<String> bias,
            String output,
            Signal signal) {}

    /**
     * Returns a layer with the batch normalisation behind it: {@code W' = W g} and {@code b' = (b -
     * mean) g + beta} with {@code g = gamma / sqrt(variance + epsilon)}.
     *
     * @param output name of what the normalisation answered
     */
    Layer folded(Layer layer, Application norm, String output) {
        String mean = norm.operand(MEAN);
        String spread = torch("sqrt", torch("add", norm.operand(VARIANCE), norm.operand(EPSILON)));
        String gamma = norm.operand(GAMMA);
        boolean scales = !gamma.equals(NONE);
        String g = lines.let(scales ? torch("div", gamma, spread) : torch("reciprocal", spread));
        String centred = layer.bias().map(b -> torch("sub", b, mean)).orElse(torch("neg", mean));
        String shift = torch("mul", centred, g);
        String beta = norm.operand(BETA);
        String bias = lines.let(beta.equals(NONE) ? shift : torch("add", shift, beta));
        String weight = lines.let(layer.operator().scaled(g));
        return new Layer(layer.operator(), weight, Optional.of(bias), output, layer.signal());
    }

    /** Writes the stand-in and returns its name. */
    String write(Layer layer, Origin origin) throws Untappable {
        String x = layer.operator().input();
        String fixed = lines.let(fixing.of(x));
        LrpRule rule = composite.rule(layer.signal().deep(), layer.operator().form().convolution());
        if (rule instanceof Plus) {
            return parts(layer, x, fixed, false);
        } else if (rule instanceof AlphaBeta ab) {
            String positive = parts(layer, x, fixed, false);
            String negative = parts(layer, x, fixed, true);
            return lines.let(
                    torch(
                            "sub",
                            mul(positive, Double.toString(ab.alpha())),
                            mul(negative, Double.toString(ab.beta()))));
        } else if (rule instanceof Flat) {
            return flat(layer, x, fixed);
        } else if (rule instanceof Box box) {
            return box(layer, box, x, fixed, origin);
        }
        return epsilon(layer, x, fixed);
    }

    private String epsilon(Layer layer, String x, String fixed) {
        Weighted operator = layer.operator();
        boolean reuse = composite.biases() || layer.bias().isEmpty();
        String z =
                reuse ? layer.output() : operator.applied(fixed, layer.weight(), Optional.empty());
        return divided(operator.applied(mul(x, fixed), layer.weight(), Optional.empty()), z);
    }

    /** Positive contributions: x+ W+ and x- W-; negative ones: x+ W- and x- W+. */
    private String parts(Layer layer, String x, String fixed, boolean negative) {
        Weighted operator = layer.operator();
        String w = lines.let(negative ? down(layer.weight()) : up(layer.weight()));
        Optional<String> bias =
                composite.biases()
                        ? layer.bias().map(b -> negative ? down(b) : up(b))
                        : Optional.empty();
        if (layer.signal().nonNegative()) {
            String m = operator.applied(mul(x, fixed), w, Optional.empty());
            return divided(m, operator.applied(fixed, w, bias));
        }
        String up = lines.let(up(fixed));
        String down = lines.let(down(fixed));
        String v = lines.let(negative ? up(layer.weight()) : down(layer.weight()));
        String z = sum(operator.applied(up, w, bias), operator.applied(down, v, Optional.empty()));
        String m =
                sum(
                        operator.applied(mul(x, up), w, Optional.empty()),
                        operator.applied(mul(x, down), v, Optional.empty()));
        return divided(m, z);
    }

    private String flat(Layer layer, String x, String fixed) {
        Weighted operator = layer.operator();
        String w = lines.let(torch("ones_like", layer.weight()));
        String ones = lines.let(torch("ones_like", fixed));
        return divided(
                operator.applied(x, w, Optional.empty()),
                operator.applied(ones, w, Optional.empty()));
    }

    private String box(Layer layer, Box box, String x, String fixed, Origin origin)
            throws Untappable {
        Weighted operator = layer.operator();
        if (box.low().dimension() > 1 && !operator.form().convolution()) {
            throw new Untappable(
                    "bounds for each channel need a convolution of the pixels, " + origin.text());
        }
        String low = lines.let(bound(box.low(), fixed));
        String high = lines.let(bound(box.high(), fixed));
        String up = lines.let(up(layer.weight()));
        String down = lines.let(down(layer.weight()));
        String z = boxed(operator, layer.weight(), fixed, low, high, up, down);
        String m =
                boxed(operator, layer.weight(), mul(x, fixed), mul(x, low), mul(x, high), up, down);
        return divided(m, z);
    }

    private static String boxed(
            Weighted operator,
            String w,
            String x,
            String low,
            String high,
            String up,
            String down) {
        String above = operator.applied(low, up, Optional.empty());
        String below = operator.applied(high, down, Optional.empty());
        return torch("sub", torch("sub", operator.applied(x, w, Optional.empty()), above), below);
    }

    private static String bound(DenseVector values, String like) {
        if (values.dimension() == 1) {
            return torch("full_like", like, Double.toString(values.at(0)));
        }
        String list =
                IntStream.range(0, values.dimension())
                        .mapToObj(c -> Double.toString(values.at(c)))
                        .collect(Collectors.joining(", "));
        String device = "device=ops.prim.device(" + like + ")";
        String tensor =
                torch("tensor", "[" + list + "]", "dtype=None", device, "requires_grad=False");
        String perChannel = torch("reshape", tensor, "[1, -1, 1, 1]");
        return torch("add", torch("zeros_like", like), perChannel);
    }

    /** Returns the name of {@code m / d(s(z))}. */
    String divided(String m, String z) {
        return lines.let(torch("div", m, fixing.stabilised(z)));
    }

    private static String sum(String a, String b) {
        return torch("add", a, b);
    }

    /** Returns the product of a value and what is known of it, linear in the value. */
    static String mul(String x, String fixed) {
        return torch("mul", x, fixed);
    }

    private static String up(String value) {
        return torch("clamp", value, "0");
    }

    private static String down(String value) {
        return torch("clamp", value, "None", "0");
    }
}
