package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.torchscript.source.ClassSource;

import java.util.List;
import java.util.stream.Stream;

/** The root methods that differentiate a logit with respect to the input. */
final class ExplanationMethods {
    private static final String THREE = "Tuple[Tensor, Tensor, Tensor]";

    /** Before: {@code pl_leaf}, {@code pl_logits}, {@code pl_wanted}; after: {@code pl_grad}. */
    private static final List<String> BACKWARD =
            List.of(
                    "pl_top, pl_class = torch.max(pl_logits, 1)",
                    "pl_index = torch.where(torch.lt(pl_wanted, 0), pl_class, pl_wanted)",
                    "pl_chosen = torch.gather(pl_logits, 1, torch.unsqueeze(pl_index, 1))",
                    "pl_g = torch.autograd.grad([torch.sum(pl_chosen)], [pl_leaf], None, False,"
                            + " False, False)[0]",
                    "pl_grad = unchecked_cast(Tensor, pl_g)");

    private final Additions additions;
    private final ClassSource root;
    private final String self;
    private final String forward;

    /**
     * Prepares the methods.
     *
     * @param forward name of the method that is differentiated, Tensor to Tensor
     */
    ExplanationMethods(Additions additions, ClassSource root, String self, String forward) {
        this.additions = additions;
        this.root = root;
        this.self = self;
        this.forward = forward;
    }

    void addLogits() {
        method(
                Instrumenter.EXPLAIN_LOGITS,
                List.of("pl_x: Tensor"),
                "Tensor",
                Stream.of(
                        List.of(
                                "return torch.detach(("
                                        + self
                                        + ")."
                                        + forward
                                        + "(torch.clone(pl_x), ))")));
    }

    void addGradient() {
        differentiated(Instrumenter.EXPLAIN_GRADIENT, "pl_grad");
    }

    void addGradientInput() {
        differentiated(
                Instrumenter.EXPLAIN_GRADIENT_INPUT, "torch.mul(pl_grad, torch.detach(pl_leaf))");
    }

    private void differentiated(String name, String result) {
        method(
                name,
                List.of("pl_x: Tensor", "pl_wanted: Tensor"),
                THREE,
                Stream.of(
                        List.of("pl_leaf = torch.requires_grad_(torch.detach(pl_x))"),
                        logits(),
                        BACKWARD,
                        List.of("return (torch.detach(pl_logits), pl_index, " + result + ")")));
    }

    /** The clone keeps a first layer that works in place away from the leaf. */
    private List<String> logits() {
        return List.of("pl_logits = (" + self + ")." + forward + "(torch.clone(pl_leaf), )");
    }

    /**
     * All points of all images are one batch, points outermost; the gradients are summed over the
     * points with their weights.
     */
    void addPath() {
        method(
                Instrumenter.EXPLAIN_PATH,
                List.of(
                        "pl_points: Tensor",
                        "pl_base: Tensor",
                        "pl_x: Tensor",
                        "pl_weights: Tensor",
                        "pl_targets: Tensor"),
                "Tensor",
                Stream.of(
                        List.of(
                                "pl_m = torch.size(pl_points, 0)",
                                "pl_a = torch.view(pl_points, [pl_m, 1, 1, 1, 1])",
                                "pl_w = torch.view(pl_weights, [pl_m, 1, 1, 1, 1])",
                                "pl_way = torch.mul(pl_a, torch.sub(pl_x, pl_base))",
                                "pl_on = torch.flatten(torch.add(pl_way, pl_base), 0, 1)",
                                "pl_leaf = torch.requires_grad_(torch.detach(pl_on))",
                                "pl_wanted = torch.repeat(pl_targets, [pl_m])"),
                        logits(),
                        BACKWARD,
                        List.of(
                                "pl_each = torch.reshape(pl_grad, torch.size(pl_way))",
                                "return torch.sum(torch.mul(pl_each, pl_w), [0])")));
    }

    private void method(
            String name, List<String> parameters, String returns, Stream<List<String>> body) {
        additions.add(root, self, name, parameters, returns, body.flatMap(List::stream).toList());
    }
}
