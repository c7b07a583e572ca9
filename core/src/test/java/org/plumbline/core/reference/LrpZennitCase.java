package org.plumbline.core.reference;

import ai.djl.Device;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.explain.HeatMaps;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.Attribution;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** EpsilonPlusFlat of zennit, relevance 1 at the logit of the label or of stated classes. */
final class LrpZennitCase implements KnownCase {
    private static final int IMAGES = 12;
    private static final String AT = "relevance_features";

    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String result : reference.resultNames()) {
            String model = result.substring(0, result.indexOf('/'));
            for (Path archive : reference.models("../models/" + model + ".*.pt")) {
                checks.put(
                        result + " of " + archive.getFileName(),
                        () -> check(reference, result, archive, work));
            }
        }
        return checks;
    }

    private static void check(ReferenceCase reference, String result, Path archive, Path work) {
        boolean residual = result.startsWith("resnet");
        FloatTensor images =
                residual
                        ? reference.input("resnet_images").slice(0, 2)
                        : reference.input("images").slice(0, IMAGES);
        long[] classes =
                residual
                        ? new long[] {0, 3}
                        : Arrays.copyOf(reference.wholeInput("labels"), IMAGES);
        String what = result.substring(result.indexOf('/') + 1);
        ExplainSpec spec = ExplainSpec.of(work, Device.cpu(), ExplanationMethod.LRP);
        if (what.startsWith(AT)) {
            spec = spec.at(new LayerPath(what.substring("relevance_".length())));
        }
        Expected expected = reference.result(result);
        try (ExplainableModel model = ExplainableModel.load(archive, spec)) {
            Attribution attribution = model.explain(ExplanationMethod.LRP, images, classes);
            if (what.equals("relevance_sum")) {
                expected.matches("", Sums.ofRows(attribution.relevance()));
            } else if (what.startsWith(AT)) {
                expected.matches(attribution.relevance().values());
                FloatTensor down = model.propagate(images, expected.array()).relevance();
                reference
                        .result(result.replace(what, "heatmap_label"))
                        .matches(HeatMaps.signed(down).values());
            } else {
                expected.matches(HeatMaps.signed(attribution.relevance()).values());
            }
        }
    }
}
