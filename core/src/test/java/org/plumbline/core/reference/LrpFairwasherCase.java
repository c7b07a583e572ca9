package org.plumbline.core.reference;

import ai.djl.Device;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.explain.HeatMaps;
import org.plumbline.core.instrument.relevance.ActivationSwap;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.instrument.relevance.LrpRule.AlphaBeta;
import org.plumbline.core.instrument.relevance.LrpRule.Box;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.Attribution;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** zB for pixels in [0, 1], z+ or alpha-beta for the rest, of the predicted class. */
final class LrpFairwasherCase implements KnownCase {
    private static final int IMAGES = 12;
    private static final String SOFTPLUS = "softplus";
    private static final Box BOUNDS = Box.between(0, 1);

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
        String form = result.substring(0, result.indexOf('/'));
        String what = result.substring(result.indexOf('/') + 1);
        try (ExplainableModel model = ExplainableModel.load(archive, spec(form, work))) {
            Attribution attribution = model.explain(ExplanationMethod.LRP, images, -1);
            FloatTensor relevance = attribution.relevance();
            switch (what) {
                case "relevance" -> expected.matchesFirstRows(relevance);
                case "heatmap" ->
                        expected.matches(
                                HeatMaps.normalised(HeatMaps.absolute(relevance)).values());
                case "logits" -> expected.matches(attribution.logits().values());
                case "conservation" -> {
                    float[] sums = Sums.ofRows(relevance);
                    expected.matches("relevance_sum", sums);
                    expected.matches("logit", sums);
                }
                default -> throw new AssertionError("unknown result " + result);
            }
        }
    }

    private static ExplainSpec spec(String form, Path work) {
        ExplainSpec spec =
                ExplainSpec.of(work, Device.cpu(), ExplanationMethod.LRP)
                        .with(
                                form.startsWith("alpha2")
                                        ? LrpComposite.fairwasher(BOUNDS, new AlphaBeta(2, 1))
                                        : LrpComposite.fairwasher(BOUNDS));
        return form.startsWith(SOFTPLUS)
                ? spec.with(
                        new ActivationSwap(Double.parseDouble(form.substring(SOFTPLUS.length()))))
                : spec;
    }
}
