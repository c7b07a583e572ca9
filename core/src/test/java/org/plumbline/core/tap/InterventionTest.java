package org.plumbline.core.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.core.tap.Draws.direction;
import static org.plumbline.core.tap.Draws.random;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.TestArchives;
import org.plumbline.core.window.ConceptUse;
import org.plumbline.core.window.EffectSample;
import org.plumbline.core.window.EffectSettings;
import org.plumbline.core.window.EffectTally;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

class InterventionTest {
    private static final int CLASS = 1;

    @TempDir Path folder;

    private TappedModel load(String archive, String layer) {
        return TappedModel.load(
                TestArchives.small(archive),
                new TapSpec(new LayerPath(layer), Optional.empty(), folder, Device.cpu()));
    }

    private static DenseVector unit(int axis) {
        double[] v = new double[4];
        v[axis] = 1;
        return DenseVector.copyOf(v);
    }

    /** Slopes of a logit of the step model away from its step, from its own answers. */
    private static double[] weights(TappedModel model) {
        FloatTensor points = FloatTensor.zeros(5, 1, 2, 2);
        for (int i = 0; i < 4; i++) {
            points.values()[4 * i + i] = 0.25f;
        }
        FloatTensor logits = model.logits(points, 5);
        double[] weights = new double[4];
        for (int i = 0; i < 4; i++) {
            weights[i] = 4 * (logits.values()[3 * i + CLASS] - logits.values()[12 + CLASS]);
        }
        return weights;
    }

    /** Closed form: {@code s (z - a.v) (w.v)}; 1e-5 for float32. */
    @Test
    void aLinearHeadMovesByTheShareOfTheWay() {
        DenseVector v = direction(3, 4);
        List<Intervention> all = new ArrayList<>();
        double[] strengths = {0, 0.25, 0.5, 1, 2, -1};
        for (double s : strengths) {
            all.add(new Intervention(v, 0.1, s, s > 0.3));
        }
        try (TappedModel model = load("step", "layer");
                InterventionBank bank = model.interventions(all)) {
            DenseVector w = DenseVector.copyOf(weights(model));
            FloatTensor inputs = random(7, 3, 1, 2, 2);
            for (int i = 0; i < 12; i++) {
                inputs.values()[i] *= 0.2f; // below the step
            }
            model.settle(inputs);
            assertThat(model.intervenesOnHead()).isTrue();
            Effects effects = model.effects(inputs, bank, CLASS);
            for (int i = 0; i < 3; i++) {
                double along = inputs.row(i).dot(v);
                for (int j = 0; j < strengths.length; j++) {
                    double way = strengths[j] * (0.1 - along);
                    assertThat((double) effects.reach(i, j)).isCloseTo(way, within(1e-5));
                    assertThat((double) effects.change(i, j))
                            .isCloseTo(way * w.dot(v), within(1e-5));
                }
                assertThat(effects.target(i)).isEqualTo(CLASS);
            }
        }
    }

    /** Logit 1 has no weight at feature 0: only the step tells. */
    @Test
    void aDirectionTheHeadIgnoresHasNoEffect() {
        try (TappedModel model = load("step", "layer");
                InterventionBank bank =
                        model.interventions(
                                List.of(
                                        new Intervention(unit(0), 0.2, 1, false),
                                        new Intervention(unit(0), 0.9, 1, false)))) {
            FloatTensor inputs = FloatTensor.zeros(2, 1, 2, 2);
            model.settle(inputs);
            Effects effects = model.effects(inputs, bank, CLASS);
            for (int i = 0; i < 2; i++) {
                assertThat(effects.change(i, 0)).isZero();
                assertThat(effects.change(i, 1)).isEqualTo(2f, within(1e-6f)); // the step
            }
        }
    }

    /** The gradient of the step is zero at every sample, the concept's removal moves 2 logits. */
    @Test
    void aFlattenedGradientIsMasked() {
        try (TappedModel model = load("step", "layer");
                CavBank cavs = model.bank(List.of(unit(0), unit(1)));
                InterventionBank bank =
                        model.interventions(
                                List.of(
                                        new Intervention(unit(0), 0, 1, false),
                                        new Intervention(unit(1), 40, 1, false)))) {
            FloatTensor inputs = random(11, 400, 1, 2, 2);
            for (int i = 0; i < 400; i++) {
                inputs.values()[4 * i] = 1; // every sample shows the concept
            }
            model.settle(inputs.slice(0, 8));
            Sensitivities slopes = model.sensitivities(inputs, cavs, CLASS);
            Effects effects = model.effects(inputs, bank, CLASS);
            EffectTally flattened = new EffectTally(EffectSettings.standard(0.01));
            EffectTally plain = new EffectTally(EffectSettings.standard(0.01));
            for (int i = 0; i < 400; i++) {
                flattened.add(sample(slopes, effects, i, 0));
                plain.add(sample(slopes, effects, i, 1));
            }
            assertThat(flattened.snapshot().use()).isEqualTo(ConceptUse.MASKED);
            assertThat(flattened.snapshot().change()).isCloseTo(-2, within(1e-4));
            assertThat(plain.snapshot().use()).isEqualTo(ConceptUse.USED);
        }
    }

    private static EffectSample sample(Sensitivities slopes, Effects effects, int i, int k) {
        return new EffectSample(
                effects.change(i, k), (double) slopes.mean(i, k) * effects.reach(i, k));
    }

    /** Before settling the whole model runs, one intervention at a time. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "cnn, conv1, 4, true",
        "cnn, conv2, 4, true",
        "residual, conv, 4, true",
        "channels_last, mix, 6, true",
        "single, conv, 4, true",
        "frozen, conv2d_1, 4, false",
        "cnn, conv2.conv2d, 4, false",
        "tokens, norm, 8, true"
    })
    void theHeadShowsWhatTheWholeModelShows(String archive, String layer, int d, boolean head) {
        FloatTensor images = random(5, 3, 1, 8, 8);
        List<Intervention> all = new ArrayList<>();
        for (int j = 0; j < 7; j++) {
            all.add(new Intervention(direction(j, d), 0.5, 1, j % 2 == 0));
        }
        try (TappedModel model = load(archive, layer);
                InterventionBank bank = model.interventions(all);
                NDManager unit = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            Effects whole = model.effects(images, bank, CLASS);
            AuditForm form = model.settle(images);
            assertThat(model.intervenesOnHead()).isEqualTo(head);
            NDArray x = unit.create(images.values(), new Shape(images.shape()));
            int before = 0;
            for (int i = 0; i < 2; i++) { // the first call of a method leaves its name
                before = model.managedArrays();
                same(model.effects(images, bank, CLASS), whole);
                try (PendingAudit pending = model.answer(new NDList(x), true)) {
                    same(pending.effects(bank, CLASS), whole);
                }
            }
            if (form == AuditForm.KEPT_GRAPH && layer.equals("conv2d_1")) {
                try (PendingAudit pending = model.answer(new NDList(x))) {
                    assertThatThrownBy(() -> pending.effects(bank, CLASS))
                            .isInstanceOf(IllegalStateException.class);
                }
            }
            assertThat(model.managedArrays()).isEqualTo(before);
        }
    }

    private static void same(Effects actual, Effects expected) {
        double size = 0;
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < expected.interventions(); j++) {
                size = Math.max(size, Math.abs(expected.change(i, j)));
                assertThat(actual.change(i, j)).isEqualTo(expected.change(i, j), within(1e-4f));
                assertThat(actual.reach(i, j)).isEqualTo(expected.reach(i, j), within(1e-4f));
            }
        }
        assertThat(size).isGreaterThan(1e-2);
    }

    /**
     * A small step changes what the gradient foretells. 2e-2 of the largest: second order and
     * float32 differences.
     */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"cnn, conv2, 4", "channels_last, mix, 6", "tokens_differentiable, norm, 8"})
    void aSmallStepFollowsTheGradient(String archive, String layer, int d) {
        FloatTensor images = random(5, 3, 1, 8, 8);
        List<DenseVector> cavs = List.of(direction(1, d), direction(2, d), direction(3, d));
        try (TappedModel model = load(archive, layer);
                CavBank bank = model.bank(cavs);
                InterventionBank steps =
                        model.interventions(
                                cavs.stream()
                                        .map(v -> new Intervention(v, 1, 4e-3, false))
                                        .toList())) {
            model.settle(images);
            Sensitivities slopes = model.sensitivities(images, bank, CLASS);
            Effects effects = model.effects(images, steps, CLASS);
            double[] gaps = new double[9];
            double[] sizes = new double[9];
            for (int at = 0; at < 9; at++) {
                EffectSample sample = sample(slopes, effects, at / 3, at % 3);
                gaps[at] = Math.abs(sample.change() - sample.linear());
                sizes[at] = Math.abs(sample.change());
            }
            double largest = Arrays.stream(sizes).max().orElseThrow();
            assertThat(largest).isPositive();
            assertThat(Arrays.stream(gaps).max().orElseThrow()).isLessThan(2e-2 * largest);
        }
    }
}
