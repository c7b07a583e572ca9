package org.plumbline.core.instrument;

import org.plumbline.core.instrument.Objective.Aggregation;
import org.plumbline.core.instrument.Objective.Criterion;
import org.plumbline.core.instrument.Objective.RrClarc;
import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The root methods that compute losses and gradients and update parameters. */
final class TrainingMethods {
    private static final String PARAMETERS = "pl_parameters";
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
        addLoss(halves);
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

    private void addLoss(Optional<SplitWeaver.Halves> halves) {
        if (!plan.alongTangents()) {
            addImageLoss(halves);
        }
        if (halves.isPresent() && !plan.wholeGraph()) {
            addCachedLoss(halves.get());
        }
    }

    private void addImageLoss(Optional<SplitWeaver.Halves> halves) {
        List<String> body = new ArrayList<>();
        if (halves.isPresent()) {
            body.add("pl_state = (" + forward.self() + ")." + halves.get().trunk() + "(pl_x, )");
            body.addAll(fromState(halves.get(), !plan.wholeGraph()));
        } else {
            body.addAll(logitsOf("forward", "pl_x"));
        }
        body.addAll(loss("pl_labels"));
        lossMethod(Instrumenter.LOSS, List.of("pl_x: Tensor"), body);
    }

    private void addCachedLoss(SplitWeaver.Halves halves) {
        List<String> body = new ArrayList<>(List.of("pl_state = annotate(List[Tensor], [])"));
        for (int i = 0; i < halves.values(); i++) {
            body.add(
                    "pl_k"
                            + i
                            + " = torch.append(pl_state, torch.index_select(pl_caches["
                            + i
                            + "], 0, pl_rows))");
        }
        body.add("pl_y = torch.index_select(pl_labels, 0, pl_rows)");
        if (plan.alongTangents()) {
            body.add("pl_v = torch.index_select(pl_cavs, 0, pl_rows)");
        }
        body.addAll(fromState(halves, true));
        body.addAll(loss("pl_y"));
        lossMethod(
                Instrumenter.LOSS_CACHED,
                List.of("pl_caches: List[Tensor]", "pl_rows: Tensor"),
                body);
    }

    private void lossMethod(String name, List<String> first, List<String> body) {
        List<String> parameters = new ArrayList<>(first);
        parameters.addAll(
                List.of(
                        "pl_labels: Tensor",
                        "pl_weights: Tensor",
                        "pl_cavs: Tensor",
                        "pl_signs: Tensor",
                        "pl_lambda: Tensor"));
        method(name, parameters, "Tuple[Tensor, List[Tensor]]", body);
    }

    private List<String> fromState(SplitWeaver.Halves halves, boolean detach) {
        List<String> body = new ArrayList<>();
        if (detach) {
            body.add("pl_a = torch.requires_grad_(torch.detach(pl_state[0]))");
        } else { // the sum requires a gradient even where everything below is frozen
            body.add("pl_zero = torch.requires_grad_(torch.zeros_like(pl_state[0]))");
            body.add("pl_a = torch.add(pl_state[0], pl_zero)");
        }
        body.add("pl_inputs = [pl_a]");
        for (int i = 1; i < halves.values(); i++) {
            body.add("pl_i" + i + " = torch.append(pl_inputs, pl_state[" + i + "])");
        }
        body.addAll(logitsOf(halves.head(), "pl_inputs"));
        return body;
    }

    private List<String> loss(String labels) {
        List<String> body = new ArrayList<>();
        body.add(
                "pl_ce = torch.cross_entropy_loss(pl_logits, "
                        + labels
                        + ", pl_weights, 1, -100, 0.)");
        if (plan.objective() instanceof RrClarc rr) {
            body.addAll(penalty(rr, plan.alongTangents()));
            body.add("pl_loss = torch.add(pl_ce, torch.mul(pl_lambda, pl_penalty))");
        } else {
            body.add("pl_penalty = torch.zeros_like(pl_ce)");
            body.add("pl_loss = pl_ce");
        }
        body.addAll(references(plan.trainable(), PARAMETERS));
        body.add(
                "pl_grads = torch.autograd.grad([pl_loss], "
                        + PARAMETERS
                        + ", None, False, False, True)");
        body.add("pl_out = annotate(List[Tensor], [])");
        body.add("for pl_j in range(torch.len(" + PARAMETERS + ")):");
        body.add("  pl_g = pl_grads[pl_j]");
        body.add("  if torch.__is__(pl_g, None):");
        body.add("    pl_r = torch.zeros_like(" + PARAMETERS + "[pl_j])");
        body.add("  else:");
        body.add("    pl_r = unchecked_cast(Tensor, pl_g)");
        body.add("  pl_m = torch.append(pl_out, torch.detach(pl_r))");
        body.add("pl_terms = torch.detach(torch.stack([pl_loss, pl_ce, pl_penalty], 0))");
        body.add("return (pl_terms, pl_out)");
        return body;
    }

    private static List<String> penalty(RrClarc rr, boolean alongTangents) {
        List<String> body = new ArrayList<>();
        body.add("pl_scalar = " + scalar(rr.criterion()));
        body.add("pl_o = torch.autograd.grad([pl_scalar], [pl_a], None, True, True, False)[0]");
        body.add("pl_h = unchecked_cast(Tensor, pl_o)");
        if (alongTangents) {
            body.add("pl_s = torch.matmul(pl_v, torch.unsqueeze(torch.flatten(pl_h, 1), -1))");
        } else {
            boolean mean = rr.aggregation().takesSpatialMean();
            body.addAll(ChannelCode.flat("pl_h", "pl_cavs"));
            body.add("pl_d = " + (mean ? "torch.mean(pl_flat, [2], True)" : "pl_flat"));
            body.add("pl_s = " + sensitivity(rr.aggregation()));
        }
        String aggregation = rr.aggregation().name().toLowerCase(Locale.ROOT);
        body.add(
                "pl_penalty = torch.mean("
                        + (aggregation.startsWith("l2")
                                ? "torch.mul(pl_s, pl_s)"
                                : "torch.abs(pl_s)")
                        + ")");
        return body;
    }

    private static String scalar(Criterion criterion) {
        return switch (criterion) {
            case MAX_LOGIT -> "torch.sum((torch.max(pl_logits, 1))[0])";
            case LOGPROBS ->
                    "torch.sum(torch.mean(torch.log(torch.add(torch.softmax(pl_logits, 1),"
                            + " 1.0000000000000001e-05)), [1]))";
            case TARGET_LOGIT, ALL_LOGITS, ALL_LOGITS_RANDOM ->
                    "torch.sum(torch.mul(pl_logits, pl_signs))";
        };
    }

    private static String sensitivity(Aggregation aggregation) {
        return switch (aggregation) {
            case COSINE, COSINE_MEAN ->
                    "torch.cosine_similarity(torch.unsqueeze(pl_d, 1), torch.unsqueeze("
                            + "torch.unsqueeze(pl_cavs, 0), -1), 2, 1e-08)";
            case L1, L2, L1_MEAN, L2_MEAN -> "torch.matmul(pl_cavs, pl_d)";
        };
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
