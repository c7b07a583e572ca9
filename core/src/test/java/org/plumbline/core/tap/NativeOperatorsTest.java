package org.plumbline.core.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.TestArchives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Functions of ours over tensors that other modules made. */
class NativeOperatorsTest {
    private static final List<String> HEAD =
            List.of(
                    "classifier.0.weight",
                    "classifier.0.bias",
                    "classifier.2.weight",
                    "classifier.2.bias");

    private static final double MOVE = 1e-3;

    @TempDir Path folder;

    private NativeOperators operators() {
        return NativeOperators.load(folder, Device.cpu());
    }

    private static NDArray floats(NDManager unit, long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[(int) FloatTensor.size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return unit.create(values, new Shape(shape));
    }

    @Test
    void whatTheEngineRefusesLeavesNoFile() {
        OperatorSource unknown =
                new OperatorSource(
                        "unknown.py",
                        """
                        def plumbline_unknown(self, x: Tensor) -> Tensor:
                            return torch.no_such_operator(x)
                        """);
        assertThatThrownBy(() -> NativeOperators.load(folder, Device.cpu(), unknown))
                .hasMessageContaining("the engine refuses it: ")
                .hasMessageContaining("no_such_operator");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void thePackedFunctionsKeepTheRulesForArchives() throws IOException {
        Path file = folder.resolve("packed.pt");
        OperatorArchive.write(
                List.of(OperatorSource.of(NativeOperators.class, "operators.py")), file);
        try (Archive archive = Archive.open(file)) {
            assertThat(archive.rootType().methods()).containsKey("plumbline_gradients");
            assertThat(archive.tensors()).isEmpty();
        }
    }

    @Test
    void filesOfMethodsMayCallTheBasicFunctions() {
        OperatorSource mine =
                new OperatorSource(
                        "mine.py",
                        """
                        def plumbline_square_slope(self, x: Tensor) -> Tensor:
                            leaf = self.plumbline_leaf(x)
                            return self.plumbline_derivatives(torch.sum(leaf * leaf), [leaf])[0]
                        """);
        try (NativeOperators operators = NativeOperators.load(folder, Device.cpu(), mine);
                NDManager unit = operators.newUnit()) {
            NDArray slope =
                    operators.callOne(
                            "plumbline_square_slope",
                            Operands.in(unit).tensor(unit.create(new float[] {1, -2})));
            assertThat(slope.toFloatArray()).containsExactly(2, -4);
        }
    }

    @Test
    void gradientsReachParametersOfAnotherModuleAndAreZeroWithoutAPath() {
        TrainingPlan plan =
                TrainingPlan.live(HEAD)
                        .tapping(new LayerPath("features.8"))
                        .splitAt(new LayerPath("classifier.0"));
        try (NativeOperators operators = operators();
                TrainableModel model = model("small_cnn.script", plan);
                NDManager unit = model.newUnit()) {
            NDArray x = floats(unit, 1, 4, 3, 28, 28);
            NDList parameters = model.parameters(unit);
            NDArray labels = unit.create(new long[] {0, 1, 2, 3});
            NDArray weights = unit.ones(new Shape(10));
            TrainableModel.Tapped tapped = model.tapped(x);
            NDArray whole = operators.crossEntropy(unit, tapped.logits(), labels, weights);
            NDList direct = operators.gradients(unit, whole, parameters);

            NDArray halves = model.head(model.encode(x));
            NDArray loss = operators.crossEntropy(unit, halves, labels, weights);
            NDList split = operators.gradientsKept(unit, loss, parameters);
            for (int i = 0; i < HEAD.size(); i++) {
                assertThat(split.get(i).toFloatArray())
                        .containsExactly(direct.get(i).toFloatArray());
                assertThat(direct.get(i).getShape()).isEqualTo(parameters.get(i).getShape());
            }
            // what does not depend on a tensor has gradient 0
            NDList behind = new NDList(operators.leaf(unit, unit.ones(new Shape(3))));
            assertThat(operators.gradients(unit, loss, behind).get(0).toFloatArray())
                    .containsOnly(0f);
        }
    }

    @Test
    void secondDerivativesRunThroughTheTap() {
        TrainingPlan plan = TrainingPlan.live(HEAD).tapping(new LayerPath("features.8"));
        OperatorSource source =
                new OperatorSource(
                        "norm.py",
                        """
                        def plumbline_norm_of(self, x: Tensor) -> Tensor:
                            return 1000. * torch.sum(x * x)
                        """);
        try (NativeOperators operators = NativeOperators.load(folder, Device.cpu(), source);
                TrainableModel model = model("small_cnn.trace", plan);
                NDManager unit = model.newUnit()) {
            NDArray x = floats(unit, 1, 4, 3, 28, 28);
            NDList parameters = model.parameters(unit);
            NDList gradients =
                    operators.gradients(unit, slopeNorm(operators, model, unit, x), parameters);
            for (int i = 0; i < HEAD.size(); i++) {
                NDArray direction = gradients.get(i);
                double norm = Math.sqrt(direction.mul(direction).sum().toFloatArray()[0]);
                NDArray move = direction.mul(MOVE / norm);
                double up = moved(operators, model, unit, x, i, move);
                double down = moved(operators, model, unit, x, i, move.neg());
                // central differences in float32: 2 % of a slope
                assertThat((up - down) / (2 * MOVE * norm))
                        .as(HEAD.get(i))
                        .isCloseTo(1, within(0.02));
            }
        }
    }

    /** Returns the value after a parameter was moved, and moves it back. */
    private static double moved(
            NativeOperators operators,
            TrainableModel model,
            NDManager unit,
            NDArray x,
            int parameter,
            NDArray move) {
        Map<String, FloatTensor> before = model.state();
        NDList live = new NDList(model.parameters(unit).get(parameter));
        operators.assign(unit, live, new NDList(live.get(0).stopGradient().add(move)));
        double value = slopeNorm(operators, model, unit, x).toFloatArray()[0];
        model.restore(before);
        return value;
    }

    private static NDArray slopeNorm(
            NativeOperators operators, TrainableModel model, NDManager unit, NDArray x) {
        TrainableModel.Tapped tapped = model.tapped(x);
        NDArray value =
                operators.crossEntropy(
                        unit,
                        tapped.logits(),
                        unit.create(new long[] {0, 1, 2, 3}),
                        unit.ones(new Shape(10)));
        NDArray slope = operators.derivatives(unit, value, new NDList(tapped.activation())).get(0);
        return operators.callOne("plumbline_norm_of", Operands.in(unit).tensor(slope));
    }

    @ParameterizedTest
    @ValueSource(strings = {"small_cnn.trace", "small_cnn.script"})
    void aTapWithGraphLeavesTheLogitsAlone(String archive) {
        TrainingPlan plan = TrainingPlan.live(HEAD).tapping(new LayerPath("features.9"));
        try (TrainableModel model = model(archive, plan);
                NDManager unit = model.newUnit()) {
            NDArray x = floats(unit, 2, 3, 3, 28, 28);
            assertThat(model.tapped(x).logits().toFloatArray())
                    .containsExactly(model.logits(x).toFloatArray());
        }
    }

    @Test
    void aSnapshotBringsParametersAndMomentsBack() {
        try (NativeOperators operators = operators();
                TrainableModel model = model("small_cnn.script", TrainingPlan.live(HEAD));
                NDManager unit = model.newUnit();
                Updater updater =
                        new Updater(
                                operators,
                                new UpdateRule.Adam(0.9, 0.999, 1e-8, 1e-4),
                                model.parameters(unit))) {
            NDArray x = floats(unit, 3, 4, 3, 28, 28);
            train(operators, model, unit, updater, x);
            Map<String, FloatTensor> parameters = model.state();
            List<Float> once = values(model);
            Updater.Snapshot moments = updater.snapshot();
            train(operators, model, unit, updater, x);
            List<Float> twice = values(model);
            assertThat(twice).isNotEqualTo(once);

            model.restore(parameters);
            updater.restore(moments);
            assertThat(values(model)).isEqualTo(once);
            train(operators, model, unit, updater, x);
            assertThat(values(model)).isEqualTo(twice);
        }
    }

    private static List<Float> values(TrainableModel model) {
        List<Float> all = new ArrayList<>();
        for (FloatTensor tensor : model.state().values()) {
            for (float value : tensor.values()) {
                all.add(value);
            }
        }
        return all;
    }

    private static void train(
            NativeOperators operators,
            TrainableModel model,
            NDManager unit,
            Updater updater,
            NDArray x) {
        NDArray loss =
                operators.crossEntropy(
                        unit,
                        model.logits(x),
                        unit.create(new long[] {0, 1, 2, 3}),
                        unit.ones(new Shape(10)));
        updater.update(unit, operators.gradients(unit, loss, updater.parameters()), 1e-2);
    }

    @ParameterizedTest
    @CsvSource({"false, 0.9", "true, 0.9", "false, 0", "true, 0"})
    void sgdFollowsItsFormula(boolean nesterov, double momentum) {
        double rate = 0.1;
        double decay = 0.01;
        try (NativeOperators operators = operators();
                NDManager unit = operators.newUnit()) {
            NDArray p = operators.leaf(unit, unit.create(new float[] {1, -2}));
            double[] oracle = {1, -2};
            double[] buffer = {0, 0};
            try (Updater updater =
                    new Updater(
                            operators,
                            new UpdateRule.Sgd(momentum, decay, nesterov),
                            new NDList(p))) {
                for (int step = 1; step <= 5; step++) {
                    float[] gradient = {0.5f * step, -0.25f};
                    updater.update(unit, new NDList(unit.create(gradient)), rate / step);
                    for (int i = 0; i < 2; i++) {
                        double g = gradient[i] + decay * oracle[i];
                        buffer[i] = momentum * buffer[i] + g;
                        double u = nesterov ? g + momentum * buffer[i] : buffer[i];
                        oracle[i] -= rate / step * u;
                    }
                }
            }
            for (int i = 0; i < 2; i++) {
                assertThat((double) p.toFloatArray()[i]).isCloseTo(oracle[i], within(1e-6));
            }
        }
    }

    @Test
    void clippingLimitsTheNormOfAllTogether() {
        try (NativeOperators operators = operators();
                NDManager unit = operators.newUnit()) {
            NDList gradients =
                    new NDList(unit.create(new float[] {3, 0}), unit.create(new float[] {4}));
            NativeOperators.Clipped clipped = operators.clip(unit, gradients, 1);
            assertThat(clipped.norm()).isEqualTo(5);
            assertThat(clipped.gradients().get(0).toFloatArray()[0]).isEqualTo(0.6f, within(1e-6f));
            assertThat(clipped.gradients().get(1).toFloatArray()[0]).isEqualTo(0.8f, within(1e-6f));
            assertThat(operators.clip(unit, gradients, Double.POSITIVE_INFINITY).gradients())
                    .allSatisfy(g -> assertThat(g.toFloatArray()[0]).isGreaterThanOrEqualTo(3));
        }
    }

    @Test
    void everyResultHangsOnTheUnitOfTheCall() throws IOException {
        try (NativeOperators operators = operators();
                NDManager outer = operators.newUnit()) {
            NDArray x = floats(outer, 4, 8, 5);
            NDArray labels = outer.create(new long[] {0, 1, 2, 3, 4, 0, 1, 2});
            outer.cap();
            for (int i = 0; i < 3; i++) {
                try (NDManager unit = operators.newUnit()) {
                    NDArray loss = operators.sampleCrossEntropy(unit, x, labels);
                    assertThat(loss.toFloatArray()).hasSize(8);
                }
            }
            assertThat(outer.getManagedArrays()).hasSize(2);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void anEmptyListIsRefused() {
        try (NativeOperators operators = operators();
                NDManager unit = operators.newUnit()) {
            assertThatThrownBy(() -> Operands.in(unit).list(new NDList()))
                    .hasMessage("list: empty (expected: tensors)");
        }
    }

    private TrainableModel model(String archive, TrainingPlan plan) {
        return TrainableModel.load(TestArchives.reference(archive), plan, folder, Device.cpu());
    }
}
