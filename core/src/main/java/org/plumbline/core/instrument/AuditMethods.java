package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** The root methods that read a layer while answering. */
final class AuditMethods {
    private static final List<String> BACKWARD =
            List.of(
                    "pl_top, pl_class = torch.max(pl_logits, 1)",
                    "pl_index = torch.where(torch.lt(pl_target, 0), pl_class, pl_target)",
                    "pl_chosen = torch.gather(pl_logits, 1, torch.unsqueeze(pl_index, 1))",
                    "pl_g = torch.autograd.grad([torch.sum(pl_chosen)], [pl_a], None, False,"
                            + " False, False)[0]",
                    "pl_gradient = unchecked_cast(Tensor, pl_g)");

    private static final List<String> STATISTICS =
            List.of(
                    "pl_flat = torch.flatten(torch.unsqueeze(pl_gradient, -1), 2)",
                    "pl_s = torch.matmul(pl_cavs, pl_flat)",
                    "pl_mean = torch.mean(pl_s, [2])",
                    "pl_pos = torch.sum(torch.gt(pl_s, 0), [2], False, dtype=6)",
                    "pl_neg = torch.sum(torch.lt(pl_s, 0), [2], False, dtype=6)",
                    "pl_abs = torch.mean(torch.abs(pl_s), [2])",
                    "return (torch.stack([pl_mean, pl_pos, pl_neg, pl_abs], 2), pl_index)");

    private AuditMethods() {}

    static void add(Additions additions, ClassSource root, MethodSource forward, String tapped) {
        String self = forward.self();
        answer(additions, root, forward, tapped, Instrumenter.ANSWER);
        additions.add(
                root,
                self,
                Instrumenter.GRADIENT,
                List.of("pl_logits: Tensor", "pl_a: Tensor", "pl_target: Tensor"),
                "Tensor",
                Stream.concat(BACKWARD.stream(), Stream.of("return pl_gradient")).toList());
        additions.add(
                root,
                self,
                Instrumenter.SENSITIVITIES,
                List.of(
                        "pl_logits: Tensor",
                        "pl_a: Tensor",
                        "pl_cavs: Tensor",
                        "pl_target: Tensor"),
                "Tuple[Tensor, Tensor]",
                Stream.concat(BACKWARD.stream(), STATISTICS.stream()).toList());
    }

    /** Adds a method like {@link Instrumenter#ANSWER} that calls a tapped copy of forward. */
    static void answer(
            Additions additions,
            ClassSource root,
            MethodSource forward,
            String tapped,
            String name) {
        String self = forward.self();
        String input = forward.parameters().get(0).name();
        additions.add(
                root,
                self,
                name,
                List.of(input + ": Tensor"),
                "Tuple[Tensor, Tensor, Tensor]",
                List.of(
                        "pl_taps = annotate(List[Tensor], [])",
                        "pl_logits = (" + self + ")." + tapped + "(pl_taps, " + input + ", )",
                        "if torch.eq(torch.len(pl_taps), 0):",
                        "  ops.prim.RaiseException(\"" + Cut.UNREACHED + "\")",
                        "else:",
                        "  pass",
                        "return (torch.detach(pl_logits), pl_logits, pl_taps[-1])"));
    }
}
