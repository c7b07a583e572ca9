package org.plumbline.core.reference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.explain.HeatMaps;
import org.plumbline.core.instrument.relevance.ActivationSwap;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.Attribution;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tap.IntegratedGradients;
import org.plumbline.core.tap.IntegratedGradients.Form;
import org.plumbline.core.tap.Quadrature;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Gradients, gradient times input and integrated gradients of the predicted class. */
final class GradientMethodsCase implements KnownCase {
    private static final int IMAGES = 12;
    private static final String SOFTPLUS = "softplus";

    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String result : reference.resultNames()) {
            for (Path archive : reference.models()) {
                checks.put(
                        result + " of " + archive.getFileName(),
                        () -> check(reference, result, archive, work));
            }
        }
        return checks;
    }

    private static void check(ReferenceCase reference, String result, Path archive, Path work) {
        FloatTensor images = reference.input("images").slice(0, IMAGES);
        Expected expected = reference.result(result);
        String what = result.substring(result.indexOf('/') + 1);
        ExplanationMethod method = method(what);
        ExplainSpec spec =
                ExplainSpec.of(work, Device.cpu(), method).with(parameters(what)).withBatch(12);
        if (result.startsWith(SOFTPLUS)) {
            String beta = result.substring(SOFTPLUS.length(), result.indexOf('/'));
            spec = spec.with(new ActivationSwap(Double.parseDouble(beta)));
        }
        try (ExplainableModel model = ExplainableModel.load(archive, spec)) {
            Attribution attribution = model.explain(method, images, -1);
            FloatTensor relevance = attribution.relevance();
            if (what.equals("predicted_class")) {
                assertThat(attribution.classes()).containsExactly(expected.longs());
            } else if (what.equals("captum_ig_completeness")) {
                completeness(expected, relevance);
            } else if (what.equals("logits")) {
                expected.matches(attribution.logits().values());
            } else if (what.endsWith("signed")) {
                expected.matchesFirstRows(HeatMaps.normalised(HeatMaps.signed(relevance)));
            } else if (what.startsWith("heatmap")) {
                expected.matchesFirstRows(HeatMaps.normalised(HeatMaps.absolute(relevance)));
            } else {
                expected.matchesFirstRows(relevance);
            }
        }
    }

    private static ExplanationMethod method(String what) {
        if (what.contains("intgrad") || what.contains("captum")) {
            return ExplanationMethod.INTEGRATED_GRADIENTS;
        }
        return what.contains("xgrad")
                ? ExplanationMethod.GRADIENT_INPUT
                : ExplanationMethod.GRADIENT;
    }

    private static IntegratedGradients parameters(String what) {
        if (what.contains("riemann_right_8")) {
            return new IntegratedGradients(
                    8, Quadrature.RIEMANN_RIGHT, Form.STANDARD, Optional.empty());
        }
        if (what.endsWith("intgrad_batch1")) {
            return IntegratedGradients.LEGACY;
        }
        return what.endsWith("intgrad_batch")
                ? new IntegratedGradients(
                        8, Quadrature.RIEMANN_RIGHT, Form.LEGACY_BATCH, Optional.empty())
                : IntegratedGradients.DEFAULT;
    }

    private static void completeness(Expected expected, FloatTensor relevance) {
        float[] sums = Sums.ofRows(relevance);
        expected.matches("sum_attribution_gausslegendre_50", sums);
        expected.matches("logit_difference", sums);
    }
}
