package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.instrument.relevance.FlatProgram;
import org.plumbline.core.instrument.relevance.Lrp;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.source.ClassSource;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The root methods that differentiate a logit with respect to the input. */
final class ExplanationMethods {
    private static final String THREE = "Tuple[Tensor, Tensor, Tensor]";
    private static final String FRESH_LEAF = "pl_leaf = torch.requires_grad_(torch.detach(pl_x))";
    private static final List<String> CHOICE =
            List.of(
                    "pl_top, pl_class = torch.max(pl_logits, 1)",
                    "pl_index = torch.where(torch.lt(pl_wanted, 0), pl_class, pl_wanted)",
                    "pl_chosen = torch.gather(pl_logits, 1, torch.unsqueeze(pl_index, 1))");

    private final Additions additions;
    private final ClassSource root;
    private final String self;
    private final boolean keeps;

    /**
     * Prepares methods whose answers have no graph.
     *
     * @param self name of the root in its methods
     */
    ExplanationMethods(Additions additions, ClassSource root, String self) {
        this(additions, root, self, false);
    }

    private ExplanationMethods(Additions additions, ClassSource root, String self, boolean keeps) {
        this.additions = additions;
        this.root = root;
        this.self = self;
        this.keeps = keeps;
    }

    /** Prepares methods whose answers may be differentiated by the parameters. */
    static ExplanationMethods differentiable(Additions additions, ClassSource root, String self) {
        return new ExplanationMethods(additions, root, self, true);
    }

    /**
     * Adds logits, gradient, gradient times input and path integral.
     *
     * @param forward name of the method that is differentiated, Tensor to Tensor
     */
    void addGradients(String forward) {
        addLogits(forward);
        differentiated(Instrumenter.EXPLAIN_GRADIENT, forward, "pl_grad");
        differentiated(
                Instrumenter.EXPLAIN_GRADIENT_INPUT,
                forward,
                "torch.mul(pl_grad, torch.detach(pl_leaf))");
        addPath(forward);
    }

    private void addLogits(String forward) {
        method(
                Instrumenter.EXPLAIN_LOGITS,
                List.of("pl_x: Tensor"),
                "Tensor",
                Stream.of(
                        List.of("pl_y = (" + self + ")." + forward + "(torch.clone(pl_x), )"),
                        List.of("return " + answer("pl_y"))));
    }

    private String answer(String value) {
        return keeps ? value : "torch.detach(" + value + ")";
    }

    private void differentiated(String name, String forward, String result) {
        method(
                name,
                List.of("pl_x: Tensor", "pl_wanted: Tensor"),
                THREE,
                Stream.of(
                        List.of(FRESH_LEAF),
                        logits(forward),
                        CHOICE,
                        backward("torch.sum(pl_chosen)", "pl_leaf"),
                        List.of("return (" + answer("pl_logits") + ", pl_index, " + result + ")")));
    }

    /** The clone keeps a first layer that works in place away from the leaf. */
    private List<String> logits(String forward) {
        return List.of("pl_logits = (" + self + ")." + forward + "(torch.clone(pl_leaf), )");
    }

    /** Makes {@code pl_grad}, the gradient of a scalar. */
    private List<String> backward(String scalar, String where) {
        String graph = keeps ? "True, True, False" : "False, False, False";
        return List.of(
                "pl_g = torch.autograd.grad(["
                        + scalar
                        + "], ["
                        + where
                        + "], None, "
                        + graph
                        + ")[0]",
                "pl_grad = unchecked_cast(Tensor, pl_g)");
    }

    /**
     * All points of all images are one batch, points outermost; the gradients are summed over the
     * points with their weights.
     */
    private void addPath(String forward) {
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
                        logits(forward),
                        CHOICE,
                        backward("torch.sum(pl_chosen)", "pl_leaf"),
                        List.of(
                                "pl_each = torch.reshape(pl_grad, torch.size(pl_way))",
                                "return torch.sum(torch.mul(pl_each, pl_w), [0])")));
    }

    /** Adds LRP; the gradient of what {@link Lrp#METHOD} answers is the relevance. */
    void addLrp(FlatProgram program, LrpComposite composite, Optional<LayerPath> layer)
            throws Untappable {
        if (keeps) {
            Lrp.addDifferentiable(additions, root, program, composite);
        } else {
            Lrp.add(additions, root, program, composite);
        }
        String start =
                composite.fromLogit() ? (keeps ? "pl_first" : "torch.detach(pl_chosen)") : "1.";
        method(
                Instrumenter.EXPLAIN_LRP,
                List.of("pl_x: Tensor", "pl_wanted: Tensor"),
                THREE,
                Stream.of(
                        keeps ? firstPass() : List.<String>of(),
                        List.of(FRESH_LEAF, "pl_taps = annotate(List[Tensor], [])"),
                        relevanceLogits(keeps ? "pl_kept, [0], " : "", "pl_leaf"),
                        CHOICE,
                        backward(
                                "torch.sum(torch.mul(pl_chosen, " + start + "))",
                                layer.isPresent() ? "pl_taps[-1]" : "pl_leaf"),
                        List.of("return (" + answer("pl_logits") + ", pl_index, pl_grad)")));
    }

    /** Notes the values that rules take as constants, and the logit that relevance starts with. */
    private List<String> firstPass() {
        return Stream.of(
                        List.of(
                                "pl_taps = annotate(List[Tensor], [])",
                                "pl_kept = annotate(List[Tensor], [])"),
                        relevanceLogits("pl_kept, [-1], ", "torch.detach(pl_x)"),
                        CHOICE,
                        List.of("pl_first = pl_chosen"))
                .flatMap(List::stream)
                .toList();
    }

    private List<String> relevanceLogits(String kept, String x) {
        return List.of(
                "pl_logits = (" + self + ")." + Lrp.METHOD + "(" + x + ", pl_taps, " + kept + ")");
    }

    /** Adds what starts LRP at the layer {@link #addLrp} marked instead of at a logit. */
    void addFromLayer() {
        List<String> run =
                List.of(
                        "pl_leaf = torch.requires_grad_(torch.detach(pl_x))",
                        "pl_taps = annotate(List[Tensor], [])",
                        "pl_logits = (" + self + ")." + Lrp.METHOD + "(pl_leaf, pl_taps, )");
        method(
                Instrumenter.EXPLAIN_ACTIVATION,
                List.of("pl_x: Tensor"),
                "Tensor",
                Stream.of(run, List.of("return torch.detach(pl_taps[-1])")));
        method(
                Instrumenter.EXPLAIN_FROM_LAYER,
                List.of("pl_x: Tensor", "pl_start: Tensor"),
                "Tuple[Tensor, Tensor]",
                Stream.of(
                        run,
                        List.of(
                                "pl_sum = torch.sum(torch.mul(pl_taps[-1], pl_start))",
                                "pl_g = torch.autograd.grad([pl_sum], [pl_leaf], None, False,"
                                        + " False, False)[0]",
                                "return (torch.detach(pl_logits), unchecked_cast(Tensor,"
                                        + " pl_g))")));
    }

    private void method(
            String name, List<String> parameters, String returns, Stream<List<String>> body) {
        additions.add(root, self, name, parameters, returns, body.flatMap(List::stream).toList());
    }
}
