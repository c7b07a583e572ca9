package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.List;

/** The root methods that answer with a layer's value projected by numbers handed to them. */
final class MitigationMethods {
    private static final List<String> NUMBERS =
            List.of(
                    "pl_cavs: Tensor",
                    "pl_weights: Tensor",
                    "pl_levels: Tensor",
                    "pl_maxima: Tensor");

    private final Additions additions;
    private final ClassSource root;
    private final MethodSource forward;
    private final RootOutput output;

    MitigationMethods(
            Additions additions, ClassSource root, MethodSource forward, RootOutput output) {
        this.additions = additions;
        this.root = root;
        this.forward = forward;
        this.output = output;
    }

    /**
     * Adds {@link Instrumenter#MITIGATED} and {@link Instrumenter#MITIGATED_LOGITS}.
     *
     * @throws Untappable if it is not known which call of the layer to project; nothing is added to
     *     the root then
     */
    void add(LayerTaps taps, LayerPath layer) throws Untappable {
        String projected = taps.weave(forward, layer, ProjectionCode.handed());
        String input = forward.parameters().get(0).name();
        String call = "(" + forward.self() + ")." + projected + "(pl_taps, " + input + ", )";
        List<String> parameters = new ArrayList<>(List.of(input + ": Tensor"));
        parameters.addAll(NUMBERS);
        String taken = "pl_taps = [pl_cavs, pl_weights, pl_levels, pl_maxima]";

        List<String> whole = new ArrayList<>(List.of(taken, "pl_r = " + call));
        whole.addAll(AuditMethods.requireTaps(ProjectionCode.HANDED));
        whole.add("return pl_r");
        String type = forward.returnType();
        additions.add(root, forward.self(), Instrumenter.MITIGATED, parameters, type, whole);

        List<String> logits = new ArrayList<>(List.of(taken));
        logits.addAll(output.after(call));
        logits.addAll(AuditMethods.requireTaps(ProjectionCode.HANDED));
        logits.add("return pl_logits");
        additions.add(
                root, forward.self(), Instrumenter.MITIGATED_LOGITS, parameters, "Tensor", logits);
    }
}
