package org.plumbline.core.reference;

import ai.djl.Device;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.sensitivity.LatentMask;
import org.plumbline.core.sensitivity.SensitivityMap;
import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sensitivity maps, quotients, masked quotients and sensitivities of a class. */
final class TcavMetricsCase implements KnownCase {
    private static final String CLASS = "class_";
    private static final String MASK = "latent_mask_value";

    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        checks.put(MASK, () -> reference.result(MASK).matches(masks(reference).values()));
        for (String result : reference.resultNames()) {
            List<String> parts = List.of(result.split("/", -1)); // cav/class_k/what
            if (parts.size() == 3 && !result.endsWith("_antialias")) {
                for (Path archive : reference.models()) {
                    checks.put(
                            result + " of " + archive.getFileName(),
                            () -> check(reference, result, parts, archive, work));
                }
            }
        }
        return checks;
    }

    private static FloatTensor masks(ReferenceCase reference) {
        FloatTensor expected = reference.result(MASK).array();
        int last = expected.rank() - 1;
        FloatTensor pixels = reference.input("masks");
        FloatTensor flat =
                FloatTensor.of(
                        pixels.values(),
                        pixels.rows(),
                        pixels.extent(pixels.rank() - 2),
                        pixels.extent(pixels.rank() - 1));
        return LatentMask.values(flat, expected.extent(last - 1), expected.extent(last));
    }

    private static void check(
            ReferenceCase reference, String result, List<String> parts, Path archive, Path work) {
        LayerPath layer = new LayerPath(reference.parameter("layer").asText());
        int target = Integer.parseInt(parts.get(1).substring(CLASS.length()));
        DenseVector cav = DenseVector.copyOf(reference.input("cav_" + parts.get(0)).values());
        FloatTensor maps;
        try (TappedModel model =
                TappedModel.load(archive, new TapSpec(layer, work, Device.cpu()))) {
            maps = SensitivityMap.of(model.read(reference.input("images"), target).gradient(), cav);
        }
        Expected expected = reference.result(result);
        FloatTensor mask = thresholded(masks(reference));
        switch (parts.get(2)) {
            case "map" -> expected.matches(maps.values());
            case "counts" ->
                    counts(expected, rows(reference, "test", maps), rows(reference, "test", mask));
            default ->
                    metrics(
                            expected,
                            rows(reference, parts.get(2), maps),
                            rows(reference, parts.get(2), mask));
        }
    }

    private static FloatTensor thresholded(FloatTensor mask) {
        for (int i = 0; i < mask.values().length; i++) {
            mask.values()[i] = mask.values()[i] > LatentMask.THRESHOLD ? 1 : 0;
        }
        return mask;
    }

    private static FloatTensor rows(ReferenceCase reference, String split, FloatTensor all) {
        int from = reference.parameter(split + "_rows").get(0).asInt();
        return all.slice(from, reference.parameter(split + "_rows").get(1).asInt());
    }

    private static void counts(Expected expected, FloatTensor maps, FloatTensor mask) {
        TcavMetrics metrics = TcavMetrics.of(maps);
        expected.matches("test_positive", (double) metrics.positive());
        expected.matches("test_negative", (double) metrics.negative());
        expected.matches("test_zero", (double) metrics.zero());
        int positive = 0;
        int negative = 0;
        for (int i = 0; i < maps.values().length; i++) {
            positive += mask.values()[i] > 0 && maps.values()[i] > 0 ? 1 : 0;
            negative += mask.values()[i] > 0 && maps.values()[i] < 0 ? 1 : 0;
        }
        expected.matches("test_positive_masked", positive);
        expected.matches("test_negative_masked", negative);
    }

    private static void metrics(Expected expected, FloatTensor maps, FloatTensor mask) {
        TcavMetrics metrics = TcavMetrics.of(maps);
        expected.matches("tcav_quotient", metrics.quotient());
        expected.matches("quotient_sderr", metrics.quotientStandardError());
        expected.matches("mean_tcav_quotient", metrics.meanQuotient());
        expected.matches("mean_quotient_sderr", metrics.meanQuotientStandardError());
        expected.matches("mean_tcav_sensitivity", metrics.sensitivity());
        expected.matches("mean_tcav_sensitivity_sem", metrics.sensitivityStandardError());
        expected.matches("tcav_quotient_masked", TcavMetrics.maskedQuotient(maps, mask));
    }
}
