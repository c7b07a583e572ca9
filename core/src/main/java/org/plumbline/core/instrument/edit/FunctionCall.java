package org.plumbline.core.instrument.edit;

import org.plumbline.core.torchscript.source.Token;
import org.plumbline.core.torchscript.source.Token.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A call {@code torch.f(...)} or {@code __torch__.a.b.f(...)} in a line. Immutable.
 *
 * @param function what is called, with its dots
 * @param open index of the token of its opening bracket
 * @param close index of the token of its closing bracket
 */
record FunctionCall(String function, int open, int close) {
    private static final Map<String, String> RENAMED =
            Map.of("_convolution", "conv2d", "convolution", "conv2d", "addmm", "linear");
    private static final Set<String> TENSORS =
            Set.of(
                    ("conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d linear"
                                    + " matmul bmm baddbmm einsum batch_norm layer_norm group_norm"
                                    + " instance_norm relu relu6 hardtanh hardswish hardsigmoid silu"
                                    + " gelu elu celu selu leaky_relu prelu sigmoid tanh softplus"
                                    + " mish softmax log_softmax max_pool1d max_pool2d max_pool3d"
                                    + " avg_pool1d avg_pool2d avg_pool3d adaptive_avg_pool1d"
                                    + " adaptive_avg_pool2d adaptive_avg_pool3d upsample_nearest2d"
                                    + " upsample_bilinear2d pixel_shuffle dropout cat stack mean flatten"
                                    + " reshape view permute transpose contiguous roll pad"
                                    + " constant_pad_nd scaled_dot_product_attention"
                                    + " _transformer_encoder_layer_fwd")
                            .split(" "));

    /** Tensors only where an operand is one: the engine's numbers add up in the same words. */
    private static final Set<String> ARITHMETIC = Set.of("add", "sub", "mul", "div");

    private static final Pattern NUMBER = Pattern.compile("_\\d+$");

    /** Returns the call that begins at a token, if one does. */
    static Optional<FunctionCall> at(List<Token> tokens, int from) {
        boolean root = is(tokens, from, "torch") || is(tokens, from, "__torch__");
        if (!root || (from > 0 && is(tokens, from - 1, "."))) {
            return Optional.empty();
        }
        StringBuilder function = new StringBuilder(tokens.get(from).text());
        int at = from + 1;
        while (at + 1 < tokens.size()
                && is(tokens, at, ".")
                && tokens.get(at + 1).kind() == Kind.NAME) {
            function.append('.').append(tokens.get(at + 1).text());
            at += 2;
        }
        boolean called = at < tokens.size() && is(tokens, at, "(");
        return called
                ? Optional.of(new FunctionCall(function.toString(), at, closing(tokens, at)))
                : Optional.empty();
    }

    /** Returns whether a word may name an operation, such as {@code conv2d_3}. */
    static boolean isName(String word) {
        String base = NUMBER.matcher(word).replaceFirst("");
        return TENSORS.contains(base) || ARITHMETIC.contains(base);
    }

    /** Returns the name of the operation without a number. */
    static String base(String function) {
        String plain = plain(function);
        return RENAMED.getOrDefault(plain, plain);
    }

    /** Returns whether the function returns a Tensor, whatever it is given. */
    boolean givesTensor() {
        String plain = plain(function);
        return TENSORS.contains(plain) || RENAMED.containsKey(plain);
    }

    /** Returns the arguments as stretches of tokens, in order. */
    List<List<Token>> arguments(List<Token> tokens) {
        List<List<Token>> arguments = new ArrayList<>();
        int depth = 0;
        int from = open + 1;
        for (int i = open + 1; i <= close; i++) {
            if (i == close || (depth == 0 && is(tokens, i, ","))) {
                if (i > from) { // nothing stands behind a trailing comma
                    arguments.add(tokens.subList(from, i));
                }
                from = i + 1;
            } else if (is(tokens, i, "(") || is(tokens, i, "[") || is(tokens, i, "{")) {
                depth++;
            } else if (is(tokens, i, ")") || is(tokens, i, "]") || is(tokens, i, "}")) {
                depth--;
            }
        }
        return arguments;
    }

    /** Returns whether the function returns a Tensor if it is given one. */
    boolean isArithmetic() {
        return ARITHMETIC.contains(plain(function));
    }

    private static String plain(String function) {
        String name = function.substring(function.lastIndexOf('.') + 1);
        boolean inPlace = name.endsWith("_") && !name.endsWith("__");
        return inPlace ? name.substring(0, name.length() - 1) : name;
    }

    /** Returns whether a token is this name or punctuation. */
    static boolean is(List<Token> tokens, int at, String text) {
        Token token = tokens.get(at);
        return token.kind() != Kind.STRING && token.text().equals(text);
    }

    /** Returns the index of the bracket that closes the one at {@code open}. */
    static int closing(List<Token> tokens, int open) {
        int depth = 0;
        for (int i = open; i < tokens.size(); i++) {
            if (is(tokens, i, "(") || is(tokens, i, "[") || is(tokens, i, "{")) {
                depth++;
            } else if ((is(tokens, i, ")") || is(tokens, i, "]") || is(tokens, i, "}"))
                    && --depth == 0) {
                return i;
            }
        }
        throw new IllegalStateException("the tokenizer balances brackets");
    }
}
