package org.plumbline.core.reference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.explain.ArtifactRelevance;
import org.plumbline.core.explain.HeatMaps;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Share of LRP on the artifact, for the label's logit. */
final class ArtifactRelevanceCase implements KnownCase {
    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        checks.put(
                "enlarged masks",
                () -> {
                    FloatTensor first = reference.input("masks").slice(0, 1);
                    Expected expected = reference.result("enlarged_mask_row_0");
                    assertThat(ArtifactRelevance.enlarged(first).values())
                            .containsExactly(expected.array().values());
                });
        for (Path archive : reference.models()) {
            checks.put(
                    "inside of " + archive.getFileName(), () -> inside(reference, archive, work));
        }
        return checks;
    }

    private static void inside(ReferenceCase reference, Path archive, Path work) {
        FloatTensor images = reference.input("images");
        ExplainSpec spec = ExplainSpec.of(work, Device.cpu(), ExplanationMethod.LRP);
        double[] shares;
        try (ExplainableModel model = ExplainableModel.load(archive, spec)) {
            FloatTensor relevance =
                    model.explain(ExplanationMethod.LRP, images, reference.wholeInput("labels"))
                            .relevance();
            shares =
                    ArtifactRelevance.shares(
                            HeatMaps.signed(relevance),
                            ArtifactRelevance.enlarged(reference.input("masks")));
        }
        float[] each = new float[shares.length];
        for (int i = 0; i < each.length; i++) {
            each[i] = (float) shares[i];
        }
        reference.result("inside_per_image").matches(each);
        for (String split : List.of("train", "val", "test")) {
            int from = reference.parameter(split + "_rows").path(0).asInt();
            int to = reference.parameter(split + "_rows").path(1).asInt();
            double[] part = Arrays.copyOfRange(shares, from, to);
            double mean = Arrays.stream(part).average().orElseThrow();
            double variance =
                    Arrays.stream(part).map(s -> (s - mean) * (s - mean)).average().orElseThrow();
            Expected expected = reference.result("inside");
            String field = split + "_artifact_rel_fixture";
            expected.matches(field, mean);
            expected.matches(field + "_sem", Math.sqrt(variance / part.length));
        }
    }
}
