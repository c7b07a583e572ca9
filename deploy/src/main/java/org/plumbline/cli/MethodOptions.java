package org.plumbline.cli;

import ai.djl.Device;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.IntegratedGradients;
import org.plumbline.core.tap.Quadrature;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;

/** Options that say how decisions are explained. Confined to one thread. */
final class MethodOptions {
    @Option(
            names = "--method",
            required = true,
            description = "gradient, gradient-input, integrated-gradients or lrp.")
    private String method = "";

    @Option(
            names = "--steps",
            defaultValue = "50",
            description = "Integrated gradients: points on the path (default: ${DEFAULT-VALUE}).")
    private int steps = 50;

    @Option(
            names = "--quadrature",
            defaultValue = "gauss-legendre",
            description =
                    "Integrated gradients: gauss-legendre or riemann-right (default:"
                            + " ${DEFAULT-VALUE}).")
    private String quadrature = "gauss-legendre";

    @Option(
            names = "--form",
            defaultValue = "standard",
            description =
                    "Integrated gradients: standard, or legacy and legacy-batch as published with"
                            + " fairwashing (default: ${DEFAULT-VALUE}).")
    private String form = "standard";

    @Option(
            names = "--baseline",
            description =
                    "Integrated gradients: where the path starts, [c,h,w], .npy (default: 0).")
    private Optional<Path> baseline = Optional.empty();

    @Option(
            names = "--composite",
            defaultValue = "epsilon-plus-flat",
            description =
                    "LRP: epsilon, epsilon-plus, epsilon-plus-flat, epsilon-alpha2-beta1,"
                            + " epsilon-alpha2-beta1-flat or fairwasher (default:"
                            + " ${DEFAULT-VALUE}).")
    private String composite = "epsilon-plus-flat";

    @Option(
            names = "--bounds",
            paramLabel = "LOW,HIGH",
            split = ",",
            arity = "1",
            description = "LRP: the zB rule between these values for layers that see the pixels.")
    private double @Nullable [] bounds;

    @Option(
            names = "--batch",
            defaultValue = "16",
            description =
                    "Images or path points per call of the engine (default: ${DEFAULT-VALUE}).")
    private int batch = 16;

    /** Returns the method asked for. */
    ExplanationMethod method() {
        return ExplanationMethod.of(method);
    }

    /** Returns how many images one call of the model explains; what is published may differ. */
    int chunk(int rows) {
        return form() == IntegratedGradients.Form.LEGACY_BATCH ? rows : Math.min(rows, batch);
    }

    /** Returns the parameters of integrated gradients, the baseline checked against the inputs. */
    IntegratedGradients path(FloatTensor inputs) {
        return new IntegratedGradients(
                steps,
                Choice.of(Quadrature.class, "quadrature", quadrature),
                form(),
                baseline.map(file -> baseline(file, inputs)));
    }

    /** Returns the rules of LRP. */
    LrpComposite rules() {
        Composite named = Choice.of(Composite.class, "composite", composite);
        if (bounds == null) {
            return named.rules();
        }
        if (bounds.length != 2) {
            throw new IllegalArgumentException(
                    "bounds: " + bounds.length + " values (expected: LOW,HIGH)");
        }
        return named.rules(bounds[0], bounds[1]);
    }

    /** Returns what the archive is loaded for: the method, and gradients, which cost nothing. */
    ExplainSpec spec(IntegratedGradients path, Path folder, Device device) {
        return ExplainSpec.of(
                        folder,
                        device,
                        EnumSet.of(ExplanationMethod.GRADIENT, method())
                                .toArray(ExplanationMethod[]::new))
                .with(path)
                .with(rules())
                .withBatch(batch);
    }

    /** Puts the parameters of the method. */
    void describe(ObjectNode node) {
        if (method() == ExplanationMethod.INTEGRATED_GRADIENTS) {
            node.put("steps", steps)
                    .put("quadrature", quadrature)
                    .put("form", form)
                    .put("baseline", baseline.map(Path::toString).orElse("0"));
        }
        if (method() == ExplanationMethod.LRP) {
            node.put("composite", composite);
            if (bounds != null) {
                node.putArray("bounds").add(bounds[0]).add(bounds[1]);
            }
        }
    }

    /** Returns what a value of an attribution is, with its unit. */
    String quantity() {
        return switch (method()) {
            case GRADIENT -> "gradient, logits per unit of input";
            case GRADIENT_INPUT, INTEGRATED_GRADIENTS -> "relevance, logits";
            case LRP -> rules().fromLogit() ? "relevance, logits" : "relevance, parts of 1";
        };
    }

    /** Returns method and parameters in a few words. */
    String words() {
        return switch (method()) {
            case GRADIENT, GRADIENT_INPUT -> method().toString();
            case INTEGRATED_GRADIENTS ->
                    method() + ", " + steps + " steps, " + quadrature + words(form);
            case LRP -> method() + ", " + composite;
        };
    }

    private static String words(String form) {
        return "standard".equals(form) ? "" : ", " + form;
    }

    private IntegratedGradients.Form form() {
        return Choice.of(IntegratedGradients.Form.class, "form", form);
    }

    private static FloatTensor baseline(Path file, FloatTensor inputs) {
        FloatTensor image = NpyFile.readFloats(file);
        InputArray.requireFinite("baseline", image);
        long[] wanted = Arrays.copyOfRange(inputs.shape(), 1, 4);
        long[] found = image.shape();
        boolean batched = found.length == 4 && found[0] == 1;
        if (!Arrays.equals(wanted, batched ? Arrays.copyOfRange(found, 1, 4) : found)) {
            throw AuditException.of(ErrorCode.BAD_DATA, "baseline", image, Arrays.toString(wanted));
        }
        return image;
    }
}
