package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The root methods that training reads a model by. */
final class TrainingMethods {
    private static final String NAME = "[A-Za-z_][A-Za-z0-9_]*";

    private final Additions additions;
    private final ClassSource root;
    private final MethodSource forward;
    private final TrainingPlan plan;
    private final RootOutput output;

    TrainingMethods(
            Additions additions,
            ClassSource root,
            MethodSource forward,
            TrainingPlan plan,
            RootOutput output) {
        this.additions = additions;
        this.root = root;
        this.forward = forward;
        this.plan = plan;
        this.output = output;
    }

    void add(Optional<SplitWeaver.Halves> halves) {
        addState(Instrumenter.PARAMETERS, plan.trainable());
        method(Instrumenter.LOGITS, List.of("pl_x: Tensor"), "Tensor", logits("forward", "pl_x"));
        halves.ifPresent(this::addTrunk);
    }

    /**
     * Adds the method that finds tangents, {@code v = J m}: {@code u . z} differentiated by the
     * probe is {@code J^T u}; its mean along the concept differentiated by {@code u} is {@code v}.
     */
    void addTangents(String tappedTrunk) {
        List<String> body =
                new ArrayList<>(
                        List.of(
                                "pl_taps = annotate(List[Tensor], [])",
                                "pl_state = ("
                                        + forward.self()
                                        + ")."
                                        + tappedTrunk
                                        + "(pl_taps, pl_x, )",
                                "pl_z = pl_state[0]",
                                "pl_u = torch.requires_grad_(torch.zeros_like(pl_z))",
                                "pl_dot = torch.sum(torch.mul(pl_z, pl_u))",
                                "pl_o = torch.autograd.grad([pl_dot], [pl_taps[-1]], None, True,"
                                        + " True, False)[0]",
                                "pl_h = unchecked_cast(Tensor, pl_o)"));
        body.addAll(ChannelCode.flat("pl_h", "pl_cavs"));
        body.addAll(
                List.of(
                        "pl_m = torch.matmul(torch.mean(pl_flat, [2]), torch.t(pl_cavs))",
                        "pl_all = annotate(List[Tensor], [])",
                        "for pl_k in range(torch.size(pl_cavs, 0)):",
                        "  pl_s = torch.sum(torch.select(pl_m, 1, pl_k))",
                        "  pl_w = torch.autograd.grad([pl_s], [pl_u], None, True, False, False)[0]",
                        "  pl_v = torch.flatten(unchecked_cast(Tensor, pl_w), 1)",
                        "  pl_n = torch.append(pl_all, torch.detach(pl_v))",
                        "return [torch.detach(pl_z), torch.stack(pl_all, 1)]"));
        method(
                Instrumenter.TANGENTS,
                List.of("pl_x: Tensor", "pl_cavs: Tensor"),
                "List[Tensor]",
                body);
    }

    /** Adds the method that returns the logits and the value of a layer, both with graph. */
    void addTapped(String tapped) {
        List<String> body = new ArrayList<>(List.of("pl_taps = annotate(List[Tensor], [])"));
        body.addAll(output.after("(" + forward.self() + ")." + tapped + "(pl_taps, pl_x, )"));
        body.add("return [pl_logits, pl_taps[-1]]");
        method(Instrumenter.TAPPED, List.of("pl_x: Tensor"), "List[Tensor]", body);
    }

    /** Adds the method that copies values into attributes. */
    void addRestore(List<String> tensors) {
        List<String> body = new ArrayList<>(references(tensors, "pl_all"));
        body.add("for pl_j in range(torch.len(pl_all)):");
        body.add("  pl_t = torch.copy_(torch.detach(pl_all[pl_j]), pl_values[pl_j])");
        body.add("return pl_values[0]");
        method(Instrumenter.RESTORE, List.of("pl_values: List[Tensor]"), "Tensor", body);
    }

    void addState(String name, List<String> tensors) {
        List<String> body = new ArrayList<>(references(tensors, "pl_all"));
        body.add("return pl_all");
        method(name, List.of("pl_anchor: Tensor"), "List[Tensor]", body);
    }

    private void addTrunk(SplitWeaver.Halves halves) {
        method(
                Instrumenter.TRUNK,
                List.of("pl_x: Tensor"),
                "List[Tensor]",
                List.of("return (" + forward.self() + ")." + halves.trunk() + "(pl_x, )"));
        method(
                Instrumenter.HEAD,
                List.of("pl_caches: List[Tensor]"),
                "Tensor",
                logits(halves.head(), "pl_caches"));
    }

    private List<String> logits(String method, String argument) {
        List<String> body = new ArrayList<>(logitsOf(method, argument));
        body.add("return pl_logits");
        return body;
    }

    private List<String> logitsOf(String method, String argument) {
        return output.after("(" + forward.self() + ")." + method + "(" + argument + ", )");
    }

    /** Returns lines that put attributes of the root, by path, into a list. */
    private List<String> references(List<String> tensors, String list) {
        List<String> lines = new ArrayList<>(List.of(list + " = annotate(List[Tensor], [])"));
        int number = 0;
        for (String path : tensors) {
            String at = forward.self();
            for (String attribute : new LayerPath(path).segments()) {
                String next = list + "_" + number++;
                boolean plain = attribute.matches(NAME);
                lines.add(
                        next
                                + " = "
                                + (plain
                                        ? at + "." + attribute
                                        : "getattr(" + at + ", \"" + attribute + "\")"));
                at = next;
            }
            lines.add(
                    list
                            + "_"
                            + number++
                            + " = torch.append("
                            + list
                            + ", unchecked_cast(Tensor, "
                            + at
                            + "))");
        }
        return lines;
    }

    private void method(String name, List<String> parameters, String returns, List<String> body) {
        additions.add(root, forward.self(), name, parameters, returns, body);
    }
}
