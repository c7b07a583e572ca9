package org.plumbline.core.reference;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Numbers of the published code. The folder is the project's copy or {@code
 * -Dplumbline.reference=DIR}; every input, parameter and tolerance comes from it. A case without a
 * check is listed as skipped.
 */
class ReferenceParityTest {
    private static final Map<String, KnownCase> KNOWN = known();

    @TempDir Path work;

    private static Map<String, KnownCase> known() {
        Map<String, KnownCase> known = new LinkedHashMap<>();
        known.put("models_check", new ModelsCheckCase());
        known.put("a_cav", new CavCase());
        known.put("a_tcav_captum", new CaptumTcavCase());
        known.put("b_directional_derivatives", new DirectionalDerivativesCase());
        known.put("b_tcav_metrics", new TcavMetricsCase());
        known.put("c_cav_quality", new CavQualityCase());
        known.put("d_clarc_projection", new ClarcProjectionCase());
        known.put("d_rrclarc_loss", new RrClarcLossCase());
        known.put("d_rrclarc_train", new RrClarcTrainCase());
        known.put("h_artifact_relevance", new ArtifactRelevanceCase());
        known.put("h_gradient_methods", new GradientMethodsCase());
        known.put("h_heatmap_similarity", new HeatMapSimilarityCase());
        known.put("h_lrp_fairwasher", new LrpFairwasherCase());
        known.put("h_lrp_zennit", new LrpZennitCase());
        known.put("h_tangent_projection", new TangentProjectionCase());
        known.put("i_binomial_intervals", new BinomialIntervalsCase());
        known.put("i_tcav_significance", new TcavSignificanceCase());
        return known;
    }

    @TestFactory
    Stream<DynamicNode> matchesThePublishedCode() {
        return ReferenceCase.all().stream().map(this::node);
    }

    private DynamicNode node(ReferenceCase reference) {
        Optional<KnownCase> known =
                KNOWN.entrySet().stream()
                        .filter(e -> reference.name().startsWith(e.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst();
        return known.<DynamicNode>map(
                        k ->
                                DynamicContainer.dynamicContainer(
                                        reference.name(),
                                        k.checks(reference, work).entrySet().stream()
                                                .map(
                                                        e ->
                                                                DynamicTest.dynamicTest(
                                                                        e.getKey(), e.getValue()))))
                .orElseGet(
                        () ->
                                DynamicTest.dynamicTest(
                                        reference.name(),
                                        () -> Assumptions.abort("no check for this case")));
    }
}
