package org.plumbline.core.instrument;

import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** The root methods that read a layer while answering. */
final class AuditMethods {
    private AuditMethods() {}

    static void add(Additions additions, ClassSource root, MethodSource forward, String tapped) {
        String input = forward.parameters().get(0).name();
        List<String> read =
                List.of(
                        "pl_taps = annotate(List[Tensor], [])",
                        "pl_logits = ("
                                + forward.self()
                                + ")."
                                + tapped
                                + "(pl_taps, "
                                + input
                                + ", )",
                        "pl_a = pl_taps[-1]",
                        "pl_top, pl_class = torch.max(pl_logits, 1)",
                        "pl_index = torch.where(torch.lt(pl_target, 0), pl_class, pl_target)",
                        "pl_chosen = torch.gather(pl_logits, 1, torch.unsqueeze(pl_index, 1))",
                        "pl_g = torch.autograd.grad([torch.sum(pl_chosen)], [pl_a], None, False,"
                                + " False, False)[0]",
                        "pl_gradient = unchecked_cast(Tensor, pl_g)");
        additions.add(
                root,
                forward.self(),
                Instrumenter.GRADIENT,
                List.of(input + ": Tensor", "pl_target: Tensor"),
                "Tuple[Tensor, Tensor, Tensor]",
                concat(
                        read,
                        List.of(
                                "return (torch.detach(pl_logits), torch.detach(pl_a),"
                                        + " pl_gradient)")));
        additions.add(
                root,
                forward.self(),
                Instrumenter.AUDIT,
                List.of(input + ": Tensor", "pl_cavs: Tensor", "pl_target: Tensor"),
                "Tuple[Tensor, Tensor, Tensor, Tensor]",
                concat(
                        read,
                        List.of(
                                "pl_flat = torch.flatten(torch.unsqueeze(pl_gradient, -1), 2)",
                                "pl_s = torch.matmul(pl_cavs, pl_flat)",
                                "pl_mean = torch.mean(pl_s, [2])",
                                "pl_pos = torch.sum(torch.gt(pl_s, 0), [2], False, dtype=6)",
                                "pl_neg = torch.sum(torch.lt(pl_s, 0), [2], False, dtype=6)",
                                "pl_abs = torch.mean(torch.abs(pl_s), [2])",
                                "pl_stat = torch.stack([pl_mean, pl_pos, pl_neg, pl_abs], 2)",
                                "return (torch.detach(pl_logits), torch.detach(pl_a), pl_stat,"
                                        + " pl_index)")));
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
