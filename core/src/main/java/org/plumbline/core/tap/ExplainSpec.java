package org.plumbline.core.tap;

import ai.djl.Device;

import org.plumbline.core.instrument.ExplanationPlan;
import org.plumbline.core.instrument.relevance.ActivationSwap;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.model.LayerPath;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What shall be explained and how. Immutable.
 *
 * @param methods what will be asked for, at least one; LRP is prepared only if it is among them
 * @param integratedGradients parameters of that method
 * @param lrp rules of that method
 * @param layer where LRP is read; empty: at the input
 * @param activation what replaces the model's ReLUs; empty: nothing
 * @param batch largest number of images or of path points in one call of the engine, at least 1
 * @param workDirectory existing folder for the instrumented copy, removed on close
 * @param device where the module runs
 */
public record ExplainSpec(
        Set<ExplanationMethod> methods,
        IntegratedGradients integratedGradients,
        LrpComposite lrp,
        Optional<LayerPath> layer,
        Optional<ActivationSwap> activation,
        int batch,
        Path workDirectory,
        Device device) {
    private static final int BATCH = 16;

    /** Copies the set and checks the range. */
    public ExplainSpec {
        if (methods.isEmpty()) {
            throw new IllegalArgumentException("methods: none (expected: at least one)");
        }
        if (batch < 1) {
            throw new IllegalArgumentException("batch: " + batch + " (expected: at least 1)");
        }
        methods = Set.copyOf(methods);
    }

    /** Returns a specification of the given methods with the usual parameters. */
    public static ExplainSpec of(Path workDirectory, Device device, ExplanationMethod... methods) {
        Set<ExplanationMethod> asked = EnumSet.noneOf(ExplanationMethod.class);
        asked.addAll(Set.of(methods));
        return new ExplainSpec(
                asked,
                IntegratedGradients.DEFAULT,
                LrpComposite.EPSILON_PLUS_FLAT,
                Optional.empty(),
                Optional.empty(),
                BATCH,
                workDirectory,
                device);
    }

    /** Returns a copy with other parameters of integrated gradients. */
    public ExplainSpec with(IntegratedGradients parameters) {
        return new ExplainSpec(
                methods, parameters, lrp, layer, activation, batch, workDirectory, device);
    }

    /** Returns a copy with other rules of LRP. */
    public ExplainSpec with(LrpComposite rules) {
        return new ExplainSpec(
                methods,
                integratedGradients,
                rules,
                layer,
                activation,
                batch,
                workDirectory,
                device);
    }

    /** Returns a copy whose LRP is read at the output of a layer. */
    public ExplainSpec at(LayerPath path) {
        return new ExplainSpec(
                methods,
                integratedGradients,
                lrp,
                Optional.of(path),
                activation,
                batch,
                workDirectory,
                device);
    }

    /** Returns a copy that explains the model with other activations. */
    public ExplainSpec with(ActivationSwap swap) {
        return new ExplainSpec(
                methods,
                integratedGradients,
                lrp,
                layer,
                Optional.of(swap),
                batch,
                workDirectory,
                device);
    }

    /** Returns a copy with another bound on the size of engine calls. */
    public ExplainSpec withBatch(int largest) {
        return new ExplainSpec(
                methods,
                integratedGradients,
                lrp,
                layer,
                activation,
                largest,
                workDirectory,
                device);
    }

    ExplanationPlan plan() {
        Optional<LrpComposite> rules =
                methods.contains(ExplanationMethod.LRP) ? Optional.of(lrp) : Optional.empty();
        return new ExplanationPlan(activation, rules, layer);
    }
}
