package org.plumbline.worker.correction;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.training.BatchLoss;
import org.plumbline.worker.training.Descent;
import org.plumbline.worker.training.OptimizerSettings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Losses, gradients and steps of the published code; tolerances are those of the cases. */
class CorrectionParityTest {
    private static final List<String> HEAD =
            List.of(
                    "classifier.0.weight",
                    "classifier.0.bias",
                    "classifier.2.weight",
                    "classifier.2.bias");

    @TempDir Path work;

    private static Path model(String kind) {
        return Golden.shared("models/small_cnn." + kind + ".pt");
    }

    private TrainableModel load(String kind, TrainingPlan plan) {
        return TrainableModel.load(model(kind), plan, work, Device.cpu());
    }

    @ParameterizedTest
    @ValueSource(strings = {"trace", "script"})
    void rrrLossAndEveryGradient(String kind) throws IOException {
        Golden golden = Golden.of("d_rrr_explogsum");
        List<String> all = new ArrayList<>();
        golden.json()
                .path("parameters")
                .path("parameter_layout")
                .forEach(p -> all.add(p.path("name").asText()));
        try (NativeOperators operators = NativeOperators.load(work, Device.cpu(), RrrLoss.SOURCE);
                TrainableModel model = load(kind, TrainingPlan.live(all));
                NDManager unit = operators.newUnit()) {
            RrrLoss loss = new RrrLoss(operators, model, golden.parameter("lamb"));
            BatchLoss.Terms terms = rrr(golden, loss, unit, golden.input("mask"));
            JsonNode expected = golden.value("loss");
            near(golden, "loss", expected.path("total"), terms.loss());
            near(golden, "loss", expected.path("aux_loss"), part(terms, "penalty"));
            NDList gradients = operators.gradients(unit, terms.loss(), model.parameters(unit));
            golden.matches("gradient", flat(gradients));
            golden.near(
                    "gradient_norm",
                    "loss",
                    expected.path("gradient_norm").asDouble(),
                    operators.clip(unit, gradients, 100).norm());

            FloatTensor masks = golden.input("mask");
            BatchLoss.Terms none = rrr(golden, loss, unit, FloatTensor.zeros(masks.shape()));
            near(golden, "empty_masks", golden.value("empty_masks").path("total"), none.loss());
        }
    }

    @Test
    void rrrCosineOfEverySample() throws IOException {
        Golden golden = Golden.of("d_rrr_explogsum");
        try (NativeOperators operators = NativeOperators.load(work, Device.cpu(), RrrLoss.SOURCE);
                TrainableModel model = load("script", TrainingPlan.live(HEAD));
                NDManager unit = operators.newUnit()) {
            NDArray x = operators.leaf(unit, Heap.back(unit, golden.input("images")));
            NDArray score =
                    operators.callOne(
                            "plumbline_rrr_score", Operands.in(unit).tensor(model.logits(x)));
            NDArray gradient = operators.derivatives(unit, score, new NDList(x)).get(0);
            NDArray cosine =
                    operators.callOne(
                            "plumbline_rrr_alignment",
                            Operands.in(unit)
                                    .tensor(gradient)
                                    .tensor(Heap.back(unit, golden.input("mask"))));
            golden.matches("cosine_per_sample", cosine.toFloatArray());
        }
    }

    @ParameterizedTest
    @CsvSource({"trace,sgd", "script,sgd", "trace,adam", "script,adam"})
    void rrrSteps(String kind, String rule) throws IOException {
        Golden golden = Golden.of("d_rrr_explogsum");
        String result = "train_" + rule;
        try (NativeOperators operators = NativeOperators.load(work, Device.cpu(), RrrLoss.SOURCE);
                TrainableModel model = load(kind, TrainingPlan.live(HEAD))) {
            RrrLoss loss = new RrrLoss(operators, model, golden.parameter("lamb"));
            List<Double> totals =
                    fiveSteps(
                            operators,
                            model,
                            rule,
                            unit -> rrr(golden, loss, unit, golden.input("mask")).loss());
            JsonNode steps = golden.value(result + "/steps");
            for (int i = 0; i < totals.size(); i++) {
                golden.near(
                        "step " + i,
                        result + "/steps",
                        steps.path(i).path("total").asDouble(),
                        totals.get(i));
            }
            golden.matches(result + "/classifier.2.weight", weight(model));
        }
    }

    private static BatchLoss.Terms rrr(
            Golden golden, RrrLoss loss, NDManager unit, FloatTensor masks) {
        return loss.terms(
                unit,
                Heap.back(unit, golden.input("images")),
                unit.create(golden.wholeInput("labels")),
                unit.ones(new Shape(10)),
                masks);
    }

    @ParameterizedTest
    @CsvSource({"trace,sgd", "script,sgd", "trace,adam", "script,adam"})
    void aClarcSteps(String kind, String rule) throws IOException {
        Golden golden = Golden.of("d_clarc_projection");
        String result = "aclarc/train_" + rule;
        TrainingPlan plan = TrainingPlan.live(HEAD).splitAt(new LayerPath("features.8"));
        ClarcShift shift = shift(golden, "signal", "mean_length_targets");
        try (NativeOperators operators =
                        NativeOperators.load(work, Device.cpu(), ClarcShift.SOURCE);
                TrainableModel model = load(kind, plan)) {
            long[] labels = batchLabels();
            List<Double> losses =
                    fiveSteps(
                            operators,
                            model,
                            rule,
                            unit -> {
                                NDList state = model.trunk(Heap.back(unit, golden.input("images")));
                                NDArray moved = shift.of(operators, unit, state.get(0));
                                return operators.crossEntropy(
                                        unit,
                                        model.head(new NDList(moved)),
                                        unit.create(labels),
                                        unit.ones(new Shape(10)));
                            });
            float[] values = new float[losses.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = losses.get(i).floatValue();
            }
            golden.matches(result + "/loss", values);
            golden.matches(result + "/classifier.2.weight", weight(model));
        }
    }

    private static long[] batchLabels() {
        return NpyFile.readLongs(Golden.shared("data/batch_labels.npy"));
    }

    @ParameterizedTest
    @CsvSource({
        "aclarc,signal,mean_length_targets",
        "aclarc,ridge,mean_length_targets",
        "pclarc,signal,mean_length",
        "pclarc,ridge,mean_length"
    })
    void shiftedActivationsAndLogits(String method, String cav, String level) throws IOException {
        Golden golden = Golden.of("d_clarc_projection");
        TrainingPlan plan = TrainingPlan.live(HEAD).splitAt(new LayerPath("features.8"));
        try (NativeOperators operators =
                        NativeOperators.load(work, Device.cpu(), ClarcShift.SOURCE);
                TrainableModel model = load("script", plan);
                NDManager unit = operators.newUnit()) {
            NDArray before = model.trunk(Heap.back(unit, golden.input("images"))).get(0);
            NDArray moved = shift(golden, cav, level).of(operators, unit, before);
            String result = method + "/" + cav;
            golden.matches(result + "/logits", model.head(new NDList(moved)).toFloatArray());
            if (cav.equals("signal")) {
                golden.matches(result + "/activations", Heap.copy(moved).slice(0, 8).values());
            }
        }
    }

    private static ClarcShift shift(Golden golden, String cav, String level) {
        return new ClarcShift(
                DenseVector.copyOf(golden.input("cav_" + cav).values()),
                golden.value(cav + "/" + level).asDouble(),
                true);
    }

    @ParameterizedTest
    @CsvSource({
        "weighted,true,0.7,0.4",
        "unit_weights,true,1,1",
        "alpha_only,true,1,0",
        "beta_only,true,0,1",
        "not_normalised,false,1,1"
    })
    void endTermsAndGradients(String result, boolean normalise, double alpha, double beta)
            throws IOException {
        Golden golden = Golden.of("e_end");
        try (NativeOperators operators = NativeOperators.load(work, Device.cpu(), EndLoss.SOURCE);
                NDManager unit = operators.newUnit()) {
            NDArray features = operators.leaf(unit, Heap.back(unit, golden.input("features")));
            EndLoss end = new EndLoss(operators, normalise, true);
            EndLoss.Regularisers terms = regularisers(golden, end, unit, features);
            JsonNode expected = golden.value(result + "/loss");
            golden.near(
                    "orthogonal",
                    result + "/loss",
                    expected.path("alpha_times_orthogonal").asDouble(),
                    alpha * terms.disentangling().toFloatArray()[0]);
            golden.near(
                    "parallel",
                    result + "/loss",
                    expected.path("beta_times_parallel").asDouble(),
                    beta * terms.entangling().toFloatArray()[0]);
            NDArray nothing = unit.zeros(new Shape());
            BatchLoss.Terms total = end.terms(unit, nothing, terms, alpha, beta);
            near(golden, result + "/loss", expected.path("total"), total.loss());
            golden.matches(
                    result + "/gradient",
                    flat(operators.gradients(unit, total.loss(), new NDList(features))));
        }
    }

    @Test
    void endPairsAreSymmetricUnlessPublished() throws IOException {
        Golden golden = Golden.of("e_end");
        try (NativeOperators operators = NativeOperators.load(work, Device.cpu(), EndLoss.SOURCE);
                NDManager unit = operators.newUnit()) {
            NDArray features = Heap.back(unit, golden.input("features"));
            for (boolean published : new boolean[] {true, false}) {
                EndLoss end = new EndLoss(operators, true, published);
                golden.near(
                        "published " + published,
                        "pairs",
                        golden.value("pairs")
                                .path(published ? "parallel_over_used" : "parallel_over_all")
                                .asDouble(),
                        regularisers(golden, end, unit, features).entangling().toFloatArray()[0]);
            }
        }
    }

    private static EndLoss.Regularisers regularisers(
            Golden golden, EndLoss end, NDManager unit, NDArray features) {
        return end.of(
                unit,
                features,
                unit.create(golden.wholeInput("labels")),
                unit.create(golden.wholeInput("bias_labels")));
    }

    private static List<Double> fiveSteps(
            NativeOperators operators,
            TrainableModel model,
            String rule,
            Function<NDManager, NDArray> loss) {
        OptimizerSettings settings =
                rule.equals("sgd")
                        ? new OptimizerSettings(new UpdateRule.Sgd(0.9, 0, false), 0.005, 100)
                        : new OptimizerSettings(
                                new UpdateRule.Adam(0.9, 0.999, 1e-7, 0), 0.0005, 100);
        List<Double> totals = new ArrayList<>();
        try (Descent descent = new Descent(operators, settings, Map.of("model", model))) {
            IntStream.range(0, 5)
                    .forEach(
                            i -> {
                                try (NDManager unit = operators.newUnit()) {
                                    NDArray value = loss.apply(unit);
                                    totals.add((double) value.toFloatArray()[0]);
                                    descent.step(unit, value, 1);
                                }
                            });
        }
        return totals;
    }

    private static float[] weight(TrainableModel model) {
        return model.state().getOrDefault("classifier.2.weight", FloatTensor.zeros(0)).values();
    }

    private static NDArray part(BatchLoss.Terms terms, String name) {
        NDArray found = terms.parts().get(name);
        assertThat(found).as(name).isNotNull();
        return Objects.requireNonNull(found);
    }

    private static void near(Golden golden, String result, JsonNode expected, NDArray actual) {
        golden.near(result, result, expected.asDouble(), actual.toFloatArray()[0]);
    }

    private static float[] flat(NDList arrays) {
        int size = arrays.stream().mapToInt(a -> (int) a.size()).sum();
        float[] all = new float[size];
        int at = 0;
        for (NDArray array : arrays) {
            float[] values = array.toFloatArray();
            System.arraycopy(values, 0, all, at, values.length);
            at += values.length;
        }
        return all;
    }
}
