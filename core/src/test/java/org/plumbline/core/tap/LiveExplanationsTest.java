package org.plumbline.core.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.instrument.relevance.ActivationSwap;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.instrument.relevance.LrpRule.AlphaBeta;
import org.plumbline.core.instrument.relevance.LrpRule.Box;
import org.plumbline.core.instrument.relevance.LrpRule.Flat;
import org.plumbline.core.instrument.relevance.LrpRule.Plus;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Explanations with graph are those without, and their derivatives are those of differences. */
class LiveExplanationsTest {
    private static final Path REFERENCE = Path.of("src", "test", "resources", "reference");
    private static final String TRAINED = "features.4.weight";

    @TempDir Path work;

    private static Path model(String kind) {
        return REFERENCE.resolve("models").resolve("small_cnn." + kind + ".pt");
    }

    private static FloatTensor images() {
        return NpyFile.readFloats(REFERENCE.resolve("data").resolve("pair_attacked.npy"))
                .slice(0, 3);
    }

    private ExplainSpec spec(ExplanationMethod method, LrpComposite rules) {
        return ExplainSpec.of(work, Device.cpu(), method)
                .with(IntegratedGradients.LEGACY)
                .with(rules)
                .with(new ActivationSwap(10));
    }

    private static LrpComposite rules(String name) {
        return switch (name) {
            case "epsilon" -> LrpComposite.EPSILON.withEpsilon(0.1).startingWithTheLogit();
            case "alpha-beta" -> LrpComposite.fairwasher(Box.between(0, 1), new AlphaBeta(2, 1));
            case "biased" ->
                    new LrpComposite(
                            Optional.of(new Flat()),
                            new Plus(),
                            new Plus(),
                            0.01,
                            false,
                            true,
                            true);
            default -> LrpComposite.EPSILON_PLUS_FLAT;
        };
    }

    private LiveExplanations live(String kind, ExplanationMethod method, String rules) {
        return LiveExplanations.load(
                model(kind),
                TrainingPlan.live(List.of(TRAINED)),
                method,
                spec(method, rules(rules)));
    }

    @ParameterizedTest
    @CsvSource({
        "script, gradient, none",
        "trace, integrated-gradients, none",
        "script, lrp, epsilon",
        "trace, lrp, epsilon-plus-flat",
        "script, lrp, alpha-beta"
    })
    void valuesAreThoseWithoutGraph(String kind, String name, String rules) {
        ExplanationMethod method = ExplanationMethod.of(name);
        FloatTensor images = images();
        try (LiveExplanations live = live(kind, method, rules);
                ExplainableModel plain =
                        ExplainableModel.load(model(kind), spec(method, rules(rules)));
                NDManager unit = live.model().newUnit()) {
            float[] slopes = Heap.copy(live.slopes(Heap.back(unit, images))).values();
            FloatTensor found = plain.explain(method, images, -1).relevance();
            boolean path = method == ExplanationMethod.INTEGRATED_GRADIENTS;
            double largest = 0;
            for (float value : found.values()) {
                largest = Math.max(largest, Math.abs(value));
            }
            for (int i = 0; i < slopes.length; i++) {
                double own = path ? slopes[i] * images.values()[i] : slopes[i];
                assertThat(own).isCloseTo(found.values()[i], within(1e-5 * largest));
            }
        }
    }

    /**
     * Central differences of the sum of squares; margin 1 % for float32 and the step. Rules whose
     * denominators change sign jump there, and are left out.
     */
    @ParameterizedTest
    @CsvSource({"gradient, none", "lrp, alpha-beta", "lrp, biased"})
    void derivativesAreThoseOfDifferences(String name, String rules) {
        try (NativeOperators operators = NativeOperators.load(work, Device.cpu(), SQUARES);
                LiveExplanations live = live("script", ExplanationMethod.of(name), rules);
                NDManager unit = operators.newUnit()) {
            NDList gradients =
                    operators.gradients(
                            unit, squares(operators, unit, live), live.model().parameters(unit));
            float[] slope = Heap.copy(gradients.singletonOrThrow()).values();
            FloatTensor start =
                    Optional.ofNullable(live.model().state().get(TRAINED)).orElseThrow();
            double norm = 0;
            for (float value : slope) {
                norm += (double) value * value;
            }
            double h = 5e-4 / Math.sqrt(norm);
            double up = at(operators, unit, live, moved(start, slope, h));
            double down = at(operators, unit, live, moved(start, slope, -h));
            assertThat((up - down) / (2 * h)).isCloseTo(norm, within(0.01 * norm));
        }
    }

    private static final OperatorSource SQUARES =
            new OperatorSource(
                    "squares",
                    """
                    def plumbline_squares(self, x: Tensor) -> Tensor:
                        return torch.sum(x * x)
                    """);

    private static double at(
            NativeOperators operators, NDManager unit, LiveExplanations live, FloatTensor weight) {
        live.model().restore(Map.of(TRAINED, weight));
        return squares(operators, unit, live).toFloatArray()[0];
    }

    private static NDArray squares(
            NativeOperators operators, NDManager unit, LiveExplanations live) {
        NDArray slopes = live.slopes(Heap.back(unit, images()));
        return operators.callOne("plumbline_squares", Operands.in(unit).tensor(slopes));
    }

    private static FloatTensor moved(FloatTensor start, float[] along, double h) {
        float[] values = start.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (h * along[i]);
        }
        return FloatTensor.of(values, start.shape());
    }
}
