package org.plumbline.core.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.cav.CavFit;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.GridSearch;
import org.plumbline.core.cav.HyperParameter;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.cav.MeanLengths;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CAVs of every kind with their grid search, weights, folds and mean lengths, and the activations
 * they are fitted to.
 */
final class CavCase implements KnownCase {
    private static final String LEGACY = "artifact_at_position_0";

    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String result : reference.resultNames()) {
            String prefix = result.replaceFirst("/.*", "");
            Pooling pooling = prefix.endsWith("_mean") ? Pooling.MEAN : Pooling.MAX;
            if (result.equals("sample_weight")) {
                checks.put(result, () -> weights(reference, result));
            } else if (result.startsWith("fold_")) {
                checks.put(result, () -> folds(reference, result));
            } else if (result.equals(LEGACY)) {
                checks.put(result, () -> legacy(reference));
            } else if (!result.endsWith("/solver")) {
                checks.put(result, () -> new Fitted(reference, prefix, pooling).check(result));
            }
            if (result.matches("signal(_\\w+)?/cav") && !reference.name().contains("resnet")) {
                // resnet images need a resize first
                for (Path archive : reference.models()) {
                    checks.put(
                            prefix + " activations of " + archive.getFileName(),
                            () -> activations(reference, pooling, archive, work));
                }
            }
        }
        return checks;
    }

    private static FloatTensor pooled(ReferenceCase reference, Pooling pooling) {
        return reference.input(pooling == Pooling.MAX ? "activations_max" : "activations_mean");
    }

    private static LabelledActivations data(ReferenceCase reference, Pooling pooling) {
        return LabelledActivations.of(pooled(reference, pooling), reference.wholeInput("targets"));
    }

    private static void weights(ReferenceCase reference, String result) {
        LabelledActivations data = data(reference, Pooling.MAX);
        float[] weights = new float[data.rows()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) data.weight(data.positive(i));
        }
        reference.result(result).matches(weights);
    }

    private static void folds(ReferenceCase reference, String result) {
        CavKind kind = result.equals("fold_classifier") ? CavKind.SVM : CavKind.RIDGE;
        long[] expected = NpyFile.readLongs(reference.result(result).file());
        int[] folds = GridSearch.folds(kind, data(reference, Pooling.MAX));
        assertThat(Arrays.stream(folds).asLongStream().toArray()).containsExactly(expected);
    }

    private static void legacy(ReferenceCase reference) {
        Expected expected = reference.result(LEGACY);
        JsonNode value = expected.value();
        int[] order = new int[value.path("order").size()];
        long[] targets = new long[order.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = value.path("order").get(i).asInt();
            targets[i] = value.path("given_targets").get(i).asInt();
        }
        FloatTensor rows = pooled(reference, Pooling.MAX).rows(order);
        LabelledActivations data = LabelledActivations.of(rows, targets).legacy();
        DenseVector cav = CavKind.SIGNAL.direction(data);
        float[] stored = new float[cav.dimension()];
        for (int j = 0; j < stored.length; j++) {
            stored[j] = (float) value.path("cav").get(j).asDouble();
        }
        expected.matches(cav.toArray(), stored);
        MeanLengths lengths = data.meanLengths(DenseVector.copyOf(stored));
        expected.matches("mean_length", lengths.clean());
        expected.matches("mean_length_targets", lengths.artifact());
    }

    private static void activations(
            ReferenceCase reference, Pooling pooling, Path archive, Path work) {
        LayerPath layer = new LayerPath(reference.parameter("layer").asText());
        float[] expected = pooled(reference, pooling).values();
        try (TappedModel model =
                TappedModel.load(archive, new TapSpec(layer, work, Device.cpu()))) {
            FloatTensor activation = model.read(reference.input("images"), -1).activation();
            float[] actual = pooling.pool(activation).values();
            float scale = 0;
            for (float value : expected) {
                scale = Math.max(scale, Math.abs(value));
            }
            // 1e-5 of the largest value: float32 convolutions summed in another order
            assertThat(actual)
                    .containsExactly(
                            Arrays.copyOf(expected, expected.length), within(scale * 1e-5f));
        }
    }

    /** The results of one kind and pooling. */
    private record Fitted(ReferenceCase reference, String prefix, Pooling pooling) {
        void check(String result) {
            LabelledActivations data = data(reference, pooling);
            CavKind kind = CavKind.parse(prefix.replaceFirst("_.*", ""));
            Expected expected = reference.result(result);
            switch (result.substring(prefix.length() + 1)) {
                case "cav" -> expected.matchesDirection(chosen(kind, data));
                case "cav_exact_optimum" ->
                        expected.matchesDirection(kind.fit(data, official(kind)).direction());
                case "best_C", "best_alpha" ->
                        expected.matchesChoice(parameter(kind, data).value());
                case "grid" -> grid(expected, parameter(kind, data).scores());
                case "mean_test_score" ->
                        expected.matches(expected.value(), parameter(kind, data).scores());
                case "mean_length" -> expected.matches(lengths(data).clean());
                case "mean_length_targets" -> expected.matches(lengths(data).artifact());
                case "fixed_C/cav", "fixed_alpha/cav" -> {
                    String name = prefix + "_fixed_" + kind.hyperParameter().orElseThrow();
                    double value = reference.parameter(name).asDouble();
                    expected.matchesDirection(kind.fit(data, value).direction());
                }
                default -> throw new AssertionError("unknown result " + result);
            }
        }

        private static HyperParameter parameter(CavKind kind, LabelledActivations data) {
            return kind.fit(data).parameter().orElseThrow();
        }

        /** Returns the parameter the published run chose. */
        private double official(CavKind kind) {
            String name = "/best_" + kind.hyperParameter().orElseThrow();
            return reference.result(prefix + name).value().asDouble();
        }

        /** Returns the fit, at the published choice where solvers may choose differently. */
        private DenseVector chosen(CavKind kind, LabelledActivations data) {
            CavFit fit = kind.fit(data);
            if (fit.parameter().isPresent() && fit.parameter().get().value() != official(kind)) {
                String name = "/best_" + kind.hyperParameter().orElseThrow();
                reference.result(prefix + name).matchesChoice(fit.parameter().get().value());
                return kind.fit(data, official(kind)).direction();
            }
            return fit.direction();
        }

        private MeanLengths lengths(LabelledActivations data) {
            return data.meanLengths(
                    DenseVector.copyOf(reference.result(prefix + "/cav").array().values()));
        }

        private static void grid(Expected expected, List<Double> scores) {
            JsonNode published = expected.value().path("mean_test_score");
            JsonNode exact = expected.value().path("mean_test_score_exact_solver");
            for (int v = 0; v < scores.size(); v++) {
                double off =
                        Math.min(
                                Math.abs(scores.get(v) - published.get(v).asDouble()),
                                Math.abs(scores.get(v) - exact.get(v).asDouble()));
                assertThat(off).as("%s[%s]", expected.name(), v).isLessThan(expected.atol());
            }
        }
    }
}
