package org.plumbline.worker.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.BatchLoss;
import org.plumbline.worker.training.Descent;
import org.plumbline.worker.training.OptimizerSettings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** RR-ClArC's losses, gradients and steps of the published code, each as the cases tell. */
class RrClarcParityTest {
    private static final LayerPath PROBE = new LayerPath("features.8");
    private static final List<String> HEAD =
            List.of(
                    "classifier.0.weight",
                    "classifier.0.bias",
                    "classifier.2.weight",
                    "classifier.2.bias");

    @TempDir Path work;

    private TrainableModel load(String kind, TrainingPlan plan) {
        Path archive = Golden.shared("models/small_cnn." + kind + ".pt");
        return TrainableModel.load(archive, plan, work, Device.cpu());
    }

    private NativeOperators operators() {
        return NativeOperators.load(work, Device.cpu(), RrClarcLoss.SOURCE);
    }

    @TestFactory
    Stream<DynamicTest> everyCriterionAndAggregation() throws IOException {
        Golden golden = Golden.of("d_rrclarc_loss");
        List<DynamicTest> tests = new ArrayList<>();
        golden.json()
                .path("results")
                .fieldNames()
                .forEachRemaining(
                        result -> {
                            String[] parts = result.split("/", -1);
                            if (parts.length == 3 && !parts[2].equals("gradient")) {
                                for (String kind : List.of("trace", "script")) {
                                    tests.add(
                                            DynamicTest.dynamicTest(
                                                    result + " of " + kind,
                                                    () -> loss(golden, result, parts, kind)));
                                }
                            }
                        });
        assertThat(tests).hasSizeGreaterThanOrEqualTo(48); // 4 criteria, 6 aggregations, 2 kinds
        return tests.stream();
    }

    private void loss(Golden golden, String result, String[] parts, String kind) {
        Criterion criterion = Criterion.valueOf(parts[1].toUpperCase(Locale.ROOT));
        Aggregation aggregation = Aggregation.valueOf(parts[0].toUpperCase(Locale.ROOT));
        JsonNode value = golden.value(result);
        List<String> all = new ArrayList<>();
        golden.json()
                .path("parameters")
                .path("parameter_layout")
                .forEach(p -> all.add(p.path("name").asText()));
        try (NativeOperators operators = operators();
                TrainableModel model = load(kind, TrainingPlan.live(all).tapping(PROBE));
                NDManager unit = operators.newUnit()) {
            RrClarcLoss loss =
                    new RrClarcLoss(
                            operators, criterion, aggregation, value.path("lamb").asDouble());
            TrainableModel.Tapped tapped = model.tapped(Heap.back(unit, golden.input("images")));
            NDArray weights =
                    parts[2].equals("class_weighted")
                            ? Heap.back(unit, golden.input("class_weight"))
                            : unit.ones(new Shape(10));
            BatchLoss.Terms terms =
                    loss.terms(
                            unit,
                            new RrClarcLoss.Reading(
                                    tapped.logits(), tapped.activation(), cav(golden, unit)),
                            unit.create(golden.wholeInput("labels")),
                            weights,
                            signs(golden, unit, criterion, value.path("target_class").asInt(-1)));
            near(golden, result, value.path("total"), terms.loss());
            near(golden, result, value.path("rr_loss"), part(terms, "penalty"));
            NDList gradients = operators.gradients(unit, terms.loss(), model.parameters(unit));
            if (value.has("gradient_norm")) {
                golden.near(
                        "gradient_norm",
                        result,
                        value.path("gradient_norm").asDouble(),
                        operators.clip(unit, gradients, 100).norm());
            }
            String gradient = parts[0] + "/" + parts[1] + "/gradient";
            if (parts[2].equals("loss") && golden.json().path("results").has(gradient)) {
                golden.matches(gradient, flat(gradients));
            }
        }
    }

    private static NDArray cav(Golden golden, NDManager unit) {
        float[] cav = golden.input("cav").values();
        return unit.create(cav, new Shape(1, cav.length));
    }

    private static NDArray signs(
            Golden golden, NDManager unit, Criterion criterion, int targetClass) {
        if (criterion == Criterion.ALL_LOGITS_RANDOM) {
            return Heap.back(unit, golden.input("random_sign"));
        }
        long[] labels = golden.wholeInput("labels");
        OptionalInt target = targetClass < 0 ? OptionalInt.empty() : OptionalInt.of(targetClass);
        return unit.create(criterion.signs(labels, 10, target, 0, 0), new Shape(labels.length, 10));
    }

    @ParameterizedTest
    @CsvSource({
        "trace,sgd,true", "script,sgd,true", "trace,adam,true", "script,adam,true",
        "trace,sgd,false", "script,sgd,false", "trace,adam,false", "script,adam,false"
    })
    void fiveSteps(String kind, String rule, boolean cached) throws IOException {
        Golden golden = Golden.of("d_rrclarc_train");
        OptimizerSettings settings =
                new OptimizerSettings(
                        rule.equals("sgd")
                                ? new UpdateRule.Sgd(0.9, 0, false)
                                : new UpdateRule.Adam(0.9, 0.999, 1e-7, 0),
                        golden.parameter(rule + "_lr"),
                        100);
        TrainingPlan plan = TrainingPlan.live(HEAD);
        try (NativeOperators operators = operators();
                TrainableModel model =
                        load(kind, cached ? plan.splitAt(PROBE) : plan.tapping(PROBE));
                NDManager outer = operators.newUnit();
                Descent descent = new Descent(operators, settings, Map.of("model", model))) {
            RrClarcLoss loss =
                    new RrClarcLoss(
                            operators,
                            Criterion.ALL_LOGITS,
                            Aggregation.L2_MEAN,
                            golden.parameter("lamb"));
            NDArray x = Heap.back(outer, golden.input("images"));
            NDList state = cached ? model.trunk(x) : new NDList();
            JsonNode steps = golden.value(rule + "/steps");
            for (int i = 0; i < 5; i++) {
                try (NDManager unit = operators.newUnit()) {
                    BatchLoss.Terms terms =
                            loss.terms(
                                    unit,
                                    reading(operators, model, unit, x, state, cav(golden, unit)),
                                    unit.create(golden.wholeInput("labels")),
                                    unit.ones(new Shape(10)),
                                    unit.ones(new Shape(x.getShape().get(0), 10)));
                    String result = rule + "/steps";
                    near(golden, result, steps.path(i).path("total"), terms.loss());
                    near(golden, result, steps.path(i).path("rr_loss"), part(terms, "penalty"));
                    golden.near(
                            "norm",
                            result,
                            steps.path(i).path("gradient_norm").asDouble(),
                            descent.step(unit, terms.loss(), 1));
                }
            }
            Map<String, FloatTensor> trained = model.state();
            for (String name : HEAD) {
                golden.matches(
                        rule + "/" + name,
                        trained.getOrDefault(name, FloatTensor.zeros(0)).values());
            }
        }
    }

    private static RrClarcLoss.Reading reading(
            NativeOperators operators,
            TrainableModel model,
            NDManager unit,
            NDArray x,
            NDList state,
            NDArray along) {
        if (state.isEmpty()) {
            TrainableModel.Tapped tapped = model.tapped(x);
            return new RrClarcLoss.Reading(tapped.logits(), tapped.activation(), along);
        }
        NDArray at = operators.leaf(unit, state.get(0));
        return new RrClarcLoss.Reading(model.head(new NDList(at)), at, along);
    }

    @ParameterizedTest
    @CsvSource({
        "trace,MAX_LOGIT,L1_MEAN", "script,TARGET_LOGIT,L2_MEAN", "trace,ALL_LOGITS,L2_MEAN",
        "script,ALL_LOGITS_RANDOM,L1_MEAN", "trace,LOGPROBS,L2_MEAN", "script,LOGPROBS,L1_MEAN"
    })
    void alongTangentsOfTwoConceptsLossAndGradientsAreThoseOfTheProbe(
            String kind, Criterion criterion, Aggregation aggregation) {
        TrainingPlan plan = TrainingPlan.live(HEAD.subList(0, 3));
        List<float[]> atProbe = gradients(kind, plan.splitAt(PROBE), criterion, aggregation);
        TrainingPlan behind = plan.splitAt(new LayerPath("features.10")).withTangentsOf(PROBE);
        List<float[]> along = gradients(kind, behind, criterion, aggregation);
        for (int i = 0; i < atProbe.size(); i++) {
            float scale = 0;
            for (float value : atProbe.get(i)) {
                scale = Math.max(scale, Math.abs(value));
            }
            for (int j = 0; j < atProbe.get(i).length; j++) {
                // 1e-5 of the largest: float32 products in another order
                assertThat(along.get(i)[j]).isCloseTo(atProbe.get(i)[j], within(1e-5f * scale));
            }
        }
    }

    private List<float[]> gradients(
            String kind, TrainingPlan plan, Criterion criterion, Aggregation aggregation) {
        SplittableRandom random = new SplittableRandom(3);
        try (NativeOperators operators = operators();
                TrainableModel model = load(kind, plan);
                NDManager unit = operators.newUnit()) {
            NDArray x = floats(unit, random, 6, 3, 28, 28);
            NDArray cavs = floats(unit, random, 2, 32);
            boolean tangents = plan.tangents().isPresent();
            NDList parts = tangents ? model.tangents(x, cavs) : model.trunk(x);
            NDArray at = operators.leaf(unit, parts.get(0));
            BatchLoss.Terms terms =
                    new RrClarcLoss(operators, criterion, aggregation, 100)
                            .terms(
                                    unit,
                                    new RrClarcLoss.Reading(
                                            model.head(new NDList(at)),
                                            at,
                                            tangents ? parts.get(1) : cavs),
                                    unit.create(new long[] {0, 1, 2, 3, 4, 5}),
                                    unit.ones(new Shape(10)),
                                    floats(unit, random, 6, 10));
            List<float[]> all = new ArrayList<>();
            all.add(terms.loss().toFloatArray());
            all.add(part(terms, "penalty").toFloatArray());
            operators
                    .gradients(unit, terms.loss(), model.parameters(unit))
                    .forEach(g -> all.add(g.toFloatArray()));
            return all;
        }
    }

    private static NDArray floats(NDManager unit, SplittableRandom random, long... shape) {
        float[] values = new float[(int) FloatTensor.size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return unit.create(values, new Shape(shape));
    }

    private static NDArray part(BatchLoss.Terms terms, String name) {
        return Objects.requireNonNull(terms.parts().get(name));
    }

    private static void near(Golden golden, String result, JsonNode expected, NDArray actual) {
        golden.near(result, result, expected.asDouble(Double.NaN), actual.toFloatArray()[0]);
    }

    private static float[] flat(NDList arrays) {
        float[] all = new float[arrays.stream().mapToInt(a -> (int) a.size()).sum()];
        int at = 0;
        for (NDArray array : arrays) {
            float[] values = array.toFloatArray();
            System.arraycopy(values, 0, all, at, values.length);
            at += values.length;
        }
        return all;
    }
}
