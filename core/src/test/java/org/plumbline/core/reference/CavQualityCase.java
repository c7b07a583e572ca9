package org.plumbline.core.reference;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.cav.GroupSeparation;
import org.plumbline.core.cav.PairAlignment;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Separability, area under the curve, Wasserstein distance and alignment of given CAVs. */
final class CavQualityCase implements KnownCase {
    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String result : reference.resultNames()) {
            List<String> parts = List.of(result.split("/", -1)); // layer/cav/split[/also]
            checks.put(result, () -> check(reference, result, parts));
        }
        return checks;
    }

    private static void check(ReferenceCase reference, String result, List<String> parts) {
        String layer = parts.get(0);
        DenseVector cav =
                DenseVector.copyOf(reference.input(layer + "/cav_" + parts.get(1)).values());
        JsonNode rows = reference.parameter(parts.get(2) + "_rows");
        int from = rows.get(0).asInt();
        int to = rows.get(1).asInt();
        FloatTensor attacked = reference.input(layer + "/features_attacked").slice(from, to);
        FloatTensor clean = reference.input(layer + "/features_clean").slice(from, to);
        Expected expected = reference.result(result);
        if (parts.size() == 4) {
            also(expected, attacked, clean, cav);
        } else {
            published(expected, attacked, clean, cav);
        }
    }

    private static void published(
            Expected expected, FloatTensor attacked, FloatTensor clean, DenseVector cav) {
        double[] with = scores(attacked, cav);
        double[] without = scores(clean, cav);
        GroupSeparation separation = GroupSeparation.of(with, without);
        expected.matches("cav_seperability", -separation.separability());
        expected.matches("cav_seperability2", -separation.separabilityByDeviations());
        expected.matches("cav_auc", GroupSeparation.legacyAuc(with, without));
        expected.matches("cav_wassersteindistance", separation.wasserstein());
        PairAlignment alignment = PairAlignment.of(attacked, clean, cav);
        expected.matches("cav_similarity", alignment.alignment());
        expected.matches("cav_similarity_stderr", alignment.legacyStandardError());
        expected.matches("cav_similarity_mean_cav", alignment.alignmentOfMean());
        expected.matches("cav_similarity_mean_cav_stderr", alignment.standardErrorOfMean());
        expected.matches("cav_similarity_mean_mean_cav", alignment.consistency());
    }

    private static void also(
            Expected expected, FloatTensor attacked, FloatTensor clean, DenseVector cav) {
        double[] with = scores(attacked, cav);
        double[] without = scores(clean, cav);
        expected.matches("auc_exact_ranks", GroupSeparation.of(with, without).auc());
        expected.matches(
                "similarity_stderr_without_duplication",
                PairAlignment.of(attacked, clean, cav).standardError());
        for (int i = 0; i < with.length; i++) {
            expected.matches("scores_attacked", i, with[i]);
            expected.matches("scores_clean", i, without[i]);
            expected.matches(
                    "cosine_per_pair",
                    i,
                    PairAlignment.of(attacked.slice(i, i + 1), clean.slice(i, i + 1), cav)
                            .alignment());
        }
    }

    private static double[] scores(FloatTensor features, DenseVector cav) {
        double[] scores = new double[features.rows()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = features.row(i).dot(cav);
        }
        return scores;
    }
}
