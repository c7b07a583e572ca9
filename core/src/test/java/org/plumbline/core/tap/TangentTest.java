package org.plumbline.core.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.instrument.Objective;
import org.plumbline.core.instrument.Objective.Aggregation;
import org.plumbline.core.instrument.Objective.Criterion;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.TestArchives;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The penalty read behind the probe is the penalty at the probe. */
class TangentTest {
    private static final int ROWS = 6;
    private static final int CLASSES = 10;

    @TempDir Path folder;

    static Stream<Arguments> models() {
        return Stream.of("small_cnn.trace", "small_cnn.script")
                .flatMap(
                        model ->
                                Stream.of(Criterion.values())
                                        .flatMap(
                                                c ->
                                                        Stream.of(
                                                                        Aggregation.L1_MEAN,
                                                                        Aggregation.L2_MEAN)
                                                                .map(
                                                                        a ->
                                                                                Arguments.of(
                                                                                        model, c,
                                                                                        a))));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("models")
    void lossAndGradientsAreThoseOfTheProbe(
            String model, Criterion criterion, Aggregation aggregation) {
        Objective objective = new Objective.RrClarc(criterion, aggregation);
        List<float[]> atProbe = gradients(model, objective, "features.8");
        List<float[]> behind = gradients(model, objective, "features.10");
        for (int i = 0; i < atProbe.size(); i++) {
            float scale = 0;
            for (float value : atProbe.get(i)) {
                scale = Math.max(scale, Math.abs(value));
            }
            for (int j = 0; j < atProbe.get(i).length; j++) {
                // 1e-5 of the largest: float32 products in another order
                assertThat(Math.abs(behind.get(i)[j] - atProbe.get(i)[j]))
                        .isLessThanOrEqualTo(1e-5f * scale);
            }
        }
    }

    private static TrainingPlan plan(Objective objective, String cut) {
        return new TrainingPlan(
                Optional.of(new LayerPath("features.8")),
                Optional.of(new LayerPath(cut)),
                objective,
                List.of("classifier.0.weight", "classifier.2.weight", "classifier.2.bias"),
                false,
                false);
    }

    private List<float[]> gradients(String archive, Objective objective, String cut) {
        SplittableRandom random = new SplittableRandom(3);
        TrainingPlan plan = plan(objective, cut);
        try (TrainableModel model =
                        TrainableModel.load(
                                TestArchives.reference(archive), plan, folder, Device.cpu());
                NDManager unit = model.newUnit()) {
            NDArray x = unit.create(floats(random, ROWS * 3 * 28 * 28), new Shape(ROWS, 3, 28, 28));
            NDArray cav = unit.create(floats(random, 32), new Shape(1, 32));
            NDList parts = plan.alongTangents() ? model.tangents(x, cav) : model.trunk(x);
            LossInputs inputs =
                    new LossInputs(
                            unit.create(new long[] {0, 1, 2, 3, 4, 5}),
                            unit.ones(new Shape(CLASSES)),
                            plan.alongTangents() ? parts.get(1) : cav,
                            unit.create(floats(random, ROWS * CLASSES), new Shape(ROWS, CLASSES)),
                            unit.create(100f));
            NDArray rows = unit.create(new long[] {0, 1, 2, 3, 4, 5});
            LossReading loss = model.lossCached(rows, parts.subNDList(0, 1), inputs);
            List<float[]> all = new ArrayList<>();
            all.add(new float[] {(float) loss.loss()});
            all.add(new float[] {(float) loss.penalty()});
            loss.gradients().forEach(g -> all.add(g.toFloatArray()));
            return all;
        }
    }

    private static float[] floats(SplittableRandom random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    @Test
    void aCutInsideTheProbeOrWithABypassIsRefused() {
        assertThatThrownBy(() -> loadResnet("layer3", "layer4.1.conv1"))
                .hasMessageContaining("1 other tensors reach the layers behind it");
        assertThatThrownBy(() -> loadResnet("layer4", "layer4.1.relu"))
                .hasMessageContaining("at or inside the tapped layer");
    }

    private TrainableModel loadResnet(String probe, String cut) {
        TrainingPlan plan =
                new TrainingPlan(
                        Optional.of(new LayerPath(probe)),
                        Optional.of(new LayerPath(cut)),
                        new Objective.RrClarc(Criterion.ALL_LOGITS, Aggregation.L2_MEAN),
                        List.of("fc.weight"),
                        false,
                        false);
        return TrainableModel.load(
                TestArchives.reference("resnet18.script"), plan, folder, Device.cpu());
    }
}
