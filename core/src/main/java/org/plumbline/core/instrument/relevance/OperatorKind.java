package org.plumbline.core.instrument.relevance;

import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Call;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How operators treat relevance that arrives at their result. */
enum OperatorKind {
    /** The result says something about a value and carries no relevance: sizes, types, tests. */
    QUERY,
    /** Moves, joins, picks or drops elements: the gradient moves relevance the same way. */
    MOVE,
    /** One to one: relevance passes unchanged. */
    PASS,
    /** As {@link #PASS}, and the result is at least 0. */
    RECTIFY,
    /** As {@link #PASS}; where the result is a factor it is taken as a constant. */
    GATE,
    /** A sum with fixed weights of at least 0, or of two signals: split by the summands. */
    SUM,
    /** A product of two values. */
    PRODUCT,
    /** A quotient of two values. */
    QUOTIENT,
    /** A product of matrices, or a layer with weights. */
    MATRIX,
    /** A convex combination's weights. */
    SOFTMAX,
    /** Attention in one operator. */
    ATTENTION,
    /** Batch normalisation, folded into the layer before it where that is possible. */
    BATCH_NORM;

    private static final Map<OperatorKind, Set<String>> NAMES = new EnumMap<>(OperatorKind.class);
    private static final Map<String, OperatorKind> KINDS = new HashMap<>();

    static {
        NAMES.put(
                QUERY,
                Set.of(
                        "size",
                        "dim",
                        "len",
                        "numel",
                        "dtype",
                        "device",
                        "layout",
                        "stride",
                        "is_cuda",
                        "is_nested",
                        "is_floating_point",
                        "requires_grad",
                        "is_contiguous",
                        "__is__",
                        "__isnot__",
                        "__contains__",
                        "eq",
                        "ne",
                        "lt",
                        "le",
                        "gt",
                        "ge",
                        "zeros_like",
                        "ones_like",
                        "empty_like",
                        "full_like",
                        "new_zeros",
                        "new_ones",
                        "new_empty",
                        "new_full",
                        "format",
                        "warn",
                        "NumToTensor",
                        "is_complex",
                        "type",
                        "get_device",
                        "shape"));
        NAMES.put(
                MOVE,
                Set.of(
                        "flatten",
                        "reshape",
                        "view",
                        "permute",
                        "transpose",
                        "contiguous",
                        "squeeze",
                        "unsqueeze",
                        "cat",
                        "concat",
                        "stack",
                        "slice",
                        "select",
                        "narrow",
                        "split",
                        "split_with_sizes",
                        "chunk",
                        "unbind",
                        "expand",
                        "expand_as",
                        "clone",
                        "to",
                        "alias",
                        "roll",
                        "dropout",
                        "feature_dropout",
                        "alpha_dropout",
                        "constant_pad_nd",
                        "pad",
                        "t",
                        "movedim",
                        "moveaxis",
                        "swapaxes",
                        "swapdims",
                        "pixel_shuffle",
                        "pixel_unshuffle",
                        "unflatten",
                        "view_as",
                        "reshape_as",
                        "repeat",
                        "tensor_split",
                        "append",
                        "max_pool1d",
                        "max_pool2d",
                        "max_pool3d",
                        "adaptive_max_pool2d",
                        "channel_shuffle",
                        "numpy_T",
                        "numpy_t",
                        "T",
                        "mT",
                        "flip",
                        "index_select",
                        "gather",
                        "amax",
                        "cpu",
                        "cuda",
                        "float",
                        "__getitem__",
                        "upsample_nearest2d",
                        "index",
                        "masked_fill",
                        "type_as"));
        NAMES.put(
                PASS,
                Set.of(
                        "leaky_relu",
                        "elu",
                        "selu",
                        "celu",
                        "silu",
                        "gelu",
                        "hardswish",
                        "mish",
                        "tanh",
                        "hardtanh",
                        "log_sigmoid",
                        "softsign",
                        "prelu",
                        "threshold",
                        "clamp",
                        "clamp_max",
                        "layer_norm",
                        "group_norm",
                        "instance_norm"));
        NAMES.put(RECTIFY, Set.of("relu", "relu6", "softplus", "clamp_min"));
        NAMES.put(GATE, Set.of("sigmoid", "hardsigmoid"));
        NAMES.put(
                SUM,
                Set.of(
                        "add",
                        "sub",
                        "mean",
                        "sum",
                        "avg_pool1d",
                        "avg_pool2d",
                        "avg_pool3d",
                        "adaptive_avg_pool1d",
                        "adaptive_avg_pool2d",
                        "adaptive_avg_pool3d",
                        "upsample_bilinear2d"));
        NAMES.put(PRODUCT, Set.of("mul", "multiply"));
        NAMES.put(QUOTIENT, Set.of("div", "divide", "true_divide"));
        NAMES.put(
                MATRIX,
                Set.of(
                        "conv1d",
                        "conv2d",
                        "conv3d",
                        "_convolution",
                        "linear",
                        "addmm",
                        "matmul",
                        "mm",
                        "bmm",
                        "baddbmm"));
        NAMES.put(SOFTMAX, Set.of("softmax", "_softmax"));
        NAMES.put(ATTENTION, Set.of("scaled_dot_product_attention"));
        NAMES.put(BATCH_NORM, Set.of("batch_norm"));
        NAMES.forEach((kind, names) -> names.forEach(name -> KINDS.put(name, kind)));
    }

    /** Returns the kind of an operator, by its name without namespace and without the final _. */
    static Optional<OperatorKind> of(String name) {
        return Optional.ofNullable(KINDS.get(name));
    }

    /** Returns whether an expression only asks about its operands. */
    static boolean isQuery(Expression value) {
        return value instanceof Call call && of(nameOf(call)).equals(Optional.of(QUERY));
    }

    /** Returns the name of a call's operator without its namespace. */
    static String nameOf(Call call) {
        String function = call.function().text();
        return function.substring(function.lastIndexOf('.') + 1);
    }

    /** Returns whether a result is at least 0 if the operands are. */
    static boolean keepsSign(String name, OperatorKind kind, Call call) {
        return kind == MOVE
                || kind == RECTIFY
                || kind == PRODUCT
                || (kind == SUM && !subtracts(name, call));
    }

    /** {@code alpha} is a factor of the second summand. */
    private static boolean subtracts(String name, Call call) {
        return name.equals("sub")
                || call.arguments().stream()
                        .filter(a -> a.keyword().equals(Optional.of("alpha")))
                        .anyMatch(a -> a.value().number().filter(v -> v >= 0).isEmpty());
    }
}
