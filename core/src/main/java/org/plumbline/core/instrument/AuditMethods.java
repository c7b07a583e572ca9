package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The root methods that read a layer while answering or after it. */
final class AuditMethods {
    /** From {@code pl_logits} and {@code pl_target} to the class of each sample, pl_index. */
    static final List<String> CHOICE =
            List.of(
                    "pl_top, pl_class = torch.max(pl_logits, 1)",
                    "pl_index = torch.where(torch.lt(pl_target, 0), pl_class, pl_target)");

    private static final List<String> BACKWARD =
            Stream.concat(
                            CHOICE.stream(),
                            Stream.of(
                                    "pl_chosen = torch.gather(pl_logits, 1,"
                                            + " torch.unsqueeze(pl_index, 1))",
                                    "pl_g = torch.autograd.grad([torch.sum(pl_chosen)], [pl_a],"
                                            + " None, False, False, False)[0]",
                                    "pl_gradient = unchecked_cast(Tensor, pl_g)"))
                    .toList();

    private static final List<String> STATISTICS =
            List.of(
                    "pl_s = torch.matmul(pl_cavs, pl_flat)",
                    "pl_mean = torch.mean(pl_s, [2])",
                    "pl_pos = torch.sum(torch.gt(pl_s, 0), [2], False, dtype=6)",
                    "pl_neg = torch.sum(torch.lt(pl_s, 0), [2], False, dtype=6)",
                    "pl_abs = torch.mean(torch.abs(pl_s), [2])",
                    "pl_statistics = torch.stack([pl_mean, pl_pos, pl_neg, pl_abs], 2)",
                    "pl_value = torch.detach(pl_a)");

    private final Additions additions;
    private final ClassSource root;
    private final MethodSource forward;
    private final RootOutput output;
    private final String input;

    AuditMethods(Additions additions, ClassSource root, MethodSource forward, RootOutput output) {
        this.additions = additions;
        this.root = root;
        this.forward = forward;
        this.output = output;
        this.input = forward.parameters().get(0).name();
    }

    /**
     * Adds them.
     *
     * @param tapped copy of {@code forward} with the layer tapped
     * @param shifted copy with the layer's value shifted
     */
    void add(String tapped, String shifted) {
        addAnswer(tapped, Instrumenter.ANSWER);
        addLogits();
        add(
                Instrumenter.GRADIENT,
                List.of("pl_logits: Tensor", "pl_a: Tensor", "pl_target: Tensor"),
                "Tensor",
                Stream.concat(BACKWARD.stream(), Stream.of("return pl_gradient")).toList());
        add(
                Instrumenter.SENSITIVITIES,
                List.of(
                        "pl_logits: Tensor",
                        "pl_a: Tensor",
                        "pl_cavs: Tensor",
                        "pl_target: Tensor"),
                "Tuple[Tensor, Tensor, Tensor]",
                Stream.of(
                                BACKWARD,
                                ChannelCode.flat("pl_gradient", "pl_cavs"),
                                STATISTICS,
                                ChannelCode.flat("pl_value", "pl_cavs"),
                                ChannelCode.PROJECTIONS,
                                List.of("return (pl_statistics, pl_index, pl_projections)"))
                        .flatMap(List::stream)
                        .toList());
        List<String> parameters = new ArrayList<>(List.of(input + ": Tensor"));
        parameters.addAll(DifferenceMethod.PARAMETERS);
        add(
                Instrumenter.DIFFERENCES,
                parameters,
                "Tuple[Tensor, Tensor, Tensor]",
                DifferenceMethod.body(forward, output, shifted));
    }

    /** Adds a method like {@link Instrumenter#ANSWER} that calls a tapped copy of forward. */
    void addAnswer(String tapped, String name) {
        List<String> body = new ArrayList<>(List.of("pl_taps = annotate(List[Tensor], [])"));
        body.addAll(
                output.after("(" + forward.self() + ")." + tapped + "(pl_taps, " + input + ", )"));
        body.addAll(requireTaps(0));
        body.add("return (torch.detach(pl_logits), pl_logits, pl_taps[-1])");
        add(name, List.of(input + ": Tensor"), "Tuple[Tensor, Tensor, Tensor]", body);
    }

    /** Returns statements that fail where the list of taps is no longer than it began. */
    static List<String> requireTaps(int before) {
        return List.of(
                "if torch.eq(torch.len(pl_taps), " + before + "):",
                "  ops.prim.RaiseException(\"" + Cut.UNREACHED + "\")",
                "else:",
                "  pass");
    }

    /** Adds {@link Instrumenter#LOGITS}. */
    void addLogits() {
        List<String> body =
                new ArrayList<>(output.after("(" + forward.self() + ").forward(" + input + ", )"));
        body.add("return pl_logits");
        add(Instrumenter.LOGITS, List.of(input + ": Tensor"), "Tensor", body);
    }

    private void add(String name, List<String> parameters, String returns, List<String> body) {
        additions.add(root, forward.self(), name, parameters, returns, body);
    }
}
