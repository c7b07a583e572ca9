package org.plumbline.worker.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.fairwashing.LinearTangents;
import org.plumbline.core.fairwashing.ReferencePoints;
import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.instrument.relevance.ActivationSwap;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.instrument.relevance.LrpRule.Box;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.LiveExplanations;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.correction.Golden;
import org.plumbline.worker.training.BatchLoss.Terms;
import org.plumbline.worker.training.Descent;
import org.plumbline.worker.training.OptimizerSettings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Losses, every gradient and a second step of the published attack. */
class AttackParityTest {
    private static final int BATCH = 8;
    private static final double NORM_EPSILON = 1e-5;

    @TempDir Path work;

    @ParameterizedTest
    @CsvSource({
        "grad, script",
        "grad, trace",
        "grad_projected, script",
        "xgrad, script",
        "xgrad_projected, trace",
        "lrp, script",
        "lrp, trace",
        "lrp_projected, script"
    })
    void twoStepsOfThePublishedAttack(String variant, String kind) throws IOException {
        Golden golden = Golden.of("h_fairwashing_step");
        FloatTensor images = golden.input("images").slice(0, BATCH);
        Path archive = Golden.shared("models/small_cnn." + kind + ".pt");
        ExplanationMethod method = method(variant);
        Layout layout = Layout.of(golden);
        try (NativeOperators operators =
                        NativeOperators.load(work, Device.cpu(), AttackLoss.SOURCE);
                LiveExplanations student =
                        LiveExplanations.load(
                                archive,
                                TrainingPlan.live(layout.trained()),
                                method,
                                spec(method));
                NDManager unit = operators.newUnit()) {
            FloatTensor teacher =
                    Heap.copy(student.model().logits(Heap.back(unit, images)).stopGradient());
            student.model().restore(layout.student(golden.input("student_parameters")));
            AttackLoss loss =
                    new AttackLoss(
                            operators,
                            student,
                            method,
                            golden.input("target"),
                            golden.parameter("alpha"));
            OptimizerSettings sgd =
                    new OptimizerSettings(
                            new UpdateRule.Sgd(0, 0, false),
                            golden.parameter("lr"),
                            Double.POSITIVE_INFINITY);
            try (Descent descent = new Descent(operators, sgd, Map.of("model", student.model()))) {
                for (int step = 0; step < 2; step++) {
                    NDArray x = Heap.back(unit, images);
                    Terms terms =
                            loss.terms(unit, x, Heap.back(unit, teacher), bases(variant, images));
                    check(golden, variant, step, terms);
                    NDList gradients =
                            operators.gradients(unit, terms.loss(), descent.parameters());
                    double norm = descent.apply(unit, gradients, 1);
                    if (step == 0) {
                        checkGradients(golden, variant, gradients, norm);
                    }
                }
            }
        }
    }

    private static void check(Golden golden, String variant, int step, Terms terms) {
        JsonNode expected = golden.value(variant + "/losses").get(step);
        String result = variant + "/losses";
        near(golden, result, expected.path("total"), terms.loss());
        near(golden, result, expected.path("model_loss"), part(terms, "answers"));
        near(golden, result, expected.path("heatmap_loss"), part(terms, "maps"));
        assertThat(part(terms, "without_map").toFloatArray()[0]).isZero();
    }

    private static void checkGradients(
            Golden golden, String variant, NDList gradients, double norm) {
        String result = variant + "/gradient_norm";
        golden.near(result, result, golden.value(result).asDouble(Double.NaN), norm);
        if (golden.json().path("results").has(variant + "/gradient")) {
            golden.matches(variant + "/gradient", flat(gradients));
        }
    }

    private static void near(Golden golden, String result, JsonNode expected, NDArray actual) {
        golden.near(result, result, expected.asDouble(Double.NaN), actual.toFloatArray()[0]);
    }

    private static NDArray part(Terms terms, String name) {
        return Optional.ofNullable(terms.parts().get(name)).orElseThrow();
    }

    private static ExplanationMethod method(String variant) {
        return variant.startsWith("xgrad")
                ? ExplanationMethod.GRADIENT_INPUT
                : variant.startsWith("lrp") ? ExplanationMethod.LRP : ExplanationMethod.GRADIENT;
    }

    private ExplainSpec spec(ExplanationMethod method) {
        return ExplainSpec.of(work, Device.cpu(), method)
                .with(LrpComposite.fairwasher(Box.between(0, 1)))
                .with(new ActivationSwap(method == ExplanationMethod.LRP ? 50 : 20));
    }

    private static Optional<TangentBases> bases(String variant, FloatTensor images)
            throws IOException {
        if (!variant.endsWith("_projected")) {
            return Optional.empty();
        }
        FloatTensor pool = Golden.of("h_tangent_projection").input("pool");
        TangentSettings settings = new TangentSettings(16, 8, TangentMode.CENTRED);
        return Optional.of(new LinearTangents(ReferencePoints.of(pool), settings).bases(images));
    }

    private static float[] flat(NDList arrays) {
        List<FloatTensor> parts = new ArrayList<>();
        arrays.forEach(array -> parts.add(Heap.copy(array)));
        int size = parts.stream().mapToInt(p -> p.values().length).sum();
        float[] all = new float[size];
        int at = 0;
        for (FloatTensor part : parts) {
            System.arraycopy(part.values(), 0, all, at, part.values().length);
            at += part.values().length;
        }
        return all;
    }

    /** Where the case's student, which has no normalisation, fits into a model that has. */
    private record Layout(List<String> names, List<long[]> shapes) {
        static Layout of(Golden golden) {
            List<String> names = new ArrayList<>();
            List<long[]> shapes = new ArrayList<>();
            for (JsonNode node : golden.json().path("parameters").path("parameter_layout")) {
                names.add(node.path("name").asText());
                long[] shape = new long[node.path("shape").size()];
                Arrays.setAll(shape, i -> node.path("shape").get(i).asLong());
                shapes.add(shape);
            }
            return new Layout(names, shapes);
        }

        /** Returns what is trained in place of the case's parameters, in its order. */
        List<String> trained() {
            return names.stream().map(Layout::place).toList();
        }

        /** The bias of a convolution is that of the normalisation behind it. */
        private static String place(String name) {
            String[] parts = name.split("\\.", -1);
            if (!parts[0].equals("features")) {
                return name;
            }
            boolean bias = parts[2].equals("bias");
            return "features." + (convolution(name) + (bias ? 1 : 0)) + "." + parts[2];
        }

        /** Every third module of the case is every fourth of the model. */
        private static int convolution(String name) {
            return Integer.parseInt(name.split("\\.", -1)[1]) / 3 * 4;
        }

        Map<String, FloatTensor> student(FloatTensor parameters) {
            Map<String, FloatTensor> state = new LinkedHashMap<>();
            int at = 0;
            for (int i = 0; i < names.size(); i++) {
                String name = names.get(i);
                int size = Math.toIntExact(FloatTensor.size(shapes.get(i)));
                float[] values = Arrays.copyOfRange(parameters.values(), at, at + size);
                state.put(place(name), FloatTensor.of(values, shapes.get(i)));
                at += size;
                if (name.matches("features.*bias")) {
                    String norm = "features." + (convolution(name) + 1) + ".";
                    state.put("features." + convolution(name) + ".bias", filled(size, 0));
                    state.put(norm + "running_mean", filled(size, 0));
                    state.put(norm + "running_var", filled(size, 1));
                    state.put(norm + "weight", filled(size, Math.sqrt(1 + NORM_EPSILON)));
                }
            }
            return state;
        }

        private static FloatTensor filled(int size, double value) {
            float[] values = new float[size];
            Arrays.fill(values, (float) value);
            return FloatTensor.of(values, size);
        }
    }
}
