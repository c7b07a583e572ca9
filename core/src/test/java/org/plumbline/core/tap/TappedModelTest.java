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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.instrument.LayerStatus;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.sensitivity.SensitivityMap;
import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.TestArchives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class TappedModelTest {
    @TempDir Path folder;

    static Stream<Arguments> archives() {
        return Stream.of(
                Arguments.of(TestArchives.reference("small_cnn.trace"), new long[] {2, 3, 28, 28}),
                Arguments.of(TestArchives.reference("small_cnn.script"), new long[] {2, 3, 28, 28}),
                Arguments.of(TestArchives.reference("mlp.script"), new long[] {2, 3, 28, 28}),
                Arguments.of(TestArchives.reference("resnet18.trace"), new long[] {2, 3, 64, 64}),
                Arguments.of(TestArchives.reference("resnet18.script"), new long[] {2, 3, 64, 64}),
                Arguments.of(TestArchives.small("dropout"), new long[] {2, 1, 8, 8}),
                Arguments.of(TestArchives.small("branch"), new long[] {2, 1, 8, 8}),
                Arguments.of(TestArchives.small("residual"), new long[] {2, 1, 8, 8}));
    }

    private TappedModel load(Path archive, String layer) {
        return TappedModel.load(archive, new TapSpec(new LayerPath(layer), folder, Device.cpu()));
    }

    /** At most a dozen layers of a model, from first to last. */
    private static List<String> layers(Path archive) throws IOException {
        List<String> all = tappable(archive);
        int every = Math.max(1, all.size() / 12);
        return IntStream.range(0, all.size())
                .filter(i -> (all.size() - 1 - i) % every == 0)
                .mapToObj(all::get)
                .toList();
    }

    private static List<String> tappable(Path archive) throws IOException {
        try (Archive opened = Archive.open(archive)) {
            return new Instrumenter(opened)
                    .layers().stream()
                            .filter(l -> l.obstacle().isEmpty())
                            .map(LayerStatus::path)
                            .toList();
        }
    }

    private static FloatTensor random(long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor tensor = FloatTensor.zeros(shape);
        for (int i = 0; i < tensor.values().length; i++) {
            tensor.values()[i] = (float) random.nextDouble(-1, 1);
        }
        return tensor;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("archives")
    void everyTappableLayerAnswersBitForBitAndHasFiniteGradients(Path archive, long[] shape)
            throws IOException {
        for (String layer : layers(archive)) {
            try (TappedModel model = load(archive, layer)) {
                assertThat(model.settle(random(7, shape)))
                        .as(layer)
                        .isEqualTo(AuditForm.KEPT_GRAPH);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("archives")
    void trunkThenHeadIsForwardAtEveryLayerThatCanBeSplit(Path archive, long[] shape)
            throws IOException {
        FloatTensor images = random(7, shape);
        for (String layer : layers(archive)) {
            float[] expected;
            try (TappedModel model = load(archive, layer)) {
                expected = model.logits(images, 2).values();
            }
            try (TrainableModel model = trainable(archive, layer, false);
                    NDManager unit = model.newUnit()) {
                NDArray x = unit.create(images.values(), new Shape(shape));
                assertThat(model.head(model.trunk(x)).toFloatArray())
                        .as(layer)
                        .containsExactly(expected);
            }
        }
    }

    private TrainableModel trainable(Path archive, String layer, boolean dropout)
            throws IOException {
        String last;
        try (Archive opened = Archive.open(archive)) {
            last = opened.parameters().get(opened.parameters().size() - 1).name();
        }
        TrainingPlan plan = TrainingPlan.live(List.of(last)).splitAt(new LayerPath(layer));
        return TrainableModel.load(
                archive, dropout ? plan.withDropout() : plan, folder, Device.cpu());
    }

    @Test
    void dropoutBehindTheCutIsActiveOnlyWhenAsked() throws IOException {
        Path archive = TestArchives.small("dropout");
        FloatTensor images = random(3, 4, 1, 8, 8);
        for (boolean active : new boolean[] {true, false}) {
            try (TrainableModel model = trainable(archive, "features.0", active);
                    NDManager unit = model.newUnit()) {
                NDArray x = unit.create(images.values(), new Shape(4, 1, 8, 8));
                NDList caches = model.trunk(x);
                float[] first = model.head(caches).toFloatArray();
                float[] second = model.head(caches).toFloatArray();
                assertThat(Arrays.equals(first, second)).isEqualTo(!active);
            }
        }
    }

    @Test
    void sensitivityIsTheSlopeOfTheLogitAlongTheCav() throws IOException {
        Path archive = TestArchives.small("residual");
        FloatTensor images = random(5, 1, 1, 8, 8);
        float[] direction = {0.5f, -0.5f, 0.5f, 0.5f};
        double step = 1e-2;
        double expected;
        try (TrainableModel model = trainable(archive, "conv", false);
                NDManager unit = model.newUnit()) {
            NDList caches = model.trunk(unit.create(images.values(), new Shape(1, 1, 8, 8)));
            NDArray h = unit.create(direction, new Shape(1, 4, 1, 1));
            float up = shifted(model, caches, h.mul(step));
            float down = shifted(model, caches, h.mul(-step));
            expected = (up - down) / (2 * step);
        }
        try (TappedModel model = load(archive, "conv")) {
            FloatTensor gradient = model.read(images, 1).gradient();
            FloatTensor map = SensitivityMap.of(gradient, DenseVector.copyOf(direction));
            double slope = 0;
            for (float s : map.values()) {
                slope += s;
            }
            // 2 %: the step crosses some kinks of ReLU, and float32 differences lose digits
            assertThat(slope).isCloseTo(expected, within(0.02 * Math.abs(expected) + 1e-3));
        }
    }

    private static float shifted(TrainableModel model, NDList caches, NDArray by) {
        NDList moved = new NDList(caches);
        moved.set(0, caches.get(0).add(by));
        return model.head(moved).toFloatArray()[1];
    }

    @Test
    void theFusedStatisticsAreThoseOfTheMap() throws IOException {
        Path archive = TestArchives.reference("small_cnn.script");
        FloatTensor images = random(11, 3, 3, 28, 28);
        float[] a = random(1, 32).values();
        float[] b = random(2, 32).values();
        try (TappedModel model = load(archive, "features.8");
                CavBank bank = model.bank(List.of(DenseVector.copyOf(a), DenseVector.copyOf(b)));
                NDManager unit = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray x = unit.create(images.values(), new Shape(images.shape()));
            Sensitivities fused;
            try (PendingAudit pending = model.answer(new NDList(x))) {
                fused = pending.finish(bank, 4);
            }
            FloatTensor gradient = model.read(images, 4).gradient();
            assertThat(fused.samples()).isEqualTo(3);
            assertThat(fused.concepts()).isEqualTo(2);
            for (int k = 0; k < 2; k++) {
                FloatTensor map = SensitivityMap.of(gradient, DenseVector.copyOf(k == 0 ? a : b));
                for (int i = 0; i < 3; i++) {
                    TcavMetrics metrics = TcavMetrics.of(map.slice(i, i + 1));
                    assertThat(fused.target(i)).isEqualTo(4);
                    assertThat(fused.positive(i, k)).isEqualTo((int) metrics.positive());
                    assertThat(fused.negative(i, k)).isEqualTo((int) metrics.negative());
                    assertThat((double) fused.meanAbsolute(i, k))
                            .isCloseTo(metrics.sensitivity(), within(1e-5));
                }
            }
        }
    }

    @Test
    void aNegativeTargetMeansThePredictedClass() throws IOException {
        FloatTensor images = random(11, 5, 3, 28, 28);
        try (TappedModel model = load(TestArchives.reference("small_cnn.trace"), "features.8");
                CavBank bank = model.bank(List.of(DenseVector.copyOf(new float[32])));
                NDManager unit = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray x = unit.create(images.values(), new Shape(images.shape()));
            try (PendingAudit pending = model.answer(new NDList(x))) {
                Sensitivities sensitivities = pending.finish(bank, -1);
                long[] best = pending.outputs().get(0).argMax(1).toLongArray();
                for (int i = 0; i < best.length; i++) {
                    assertThat(sensitivities.target(i)).isEqualTo((int) best[i]);
                }
            }
        }
    }

    @Test
    void manyThreadsGetTheAnswersOfOne() throws Exception {
        FloatTensor images = random(13, 2, 3, 28, 28);
        try (TappedModel model = load(TestArchives.reference("small_cnn.trace"), "features.8");
                CavBank bank = model.bank(List.of(DenseVector.copyOf(random(1, 32).values())))) {
            float[] expected = model.logits(images, 2).values();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Callable<float[]>> calls =
                        IntStream.range(0, 64)
                                .<Callable<float[]>>mapToObj(
                                        i -> () -> audited(model, bank, images))
                                .toList();
                for (var answer : threads.invokeAll(calls)) {
                    assertThat(answer.get()).containsExactly(expected);
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private static float[] audited(TappedModel model, CavBank bank, FloatTensor images) {
        try (NDManager unit = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray x = unit.create(images.values(), new Shape(images.shape()));
            try (PendingAudit pending = model.answer(new NDList(x))) {
                Sensitivities read = pending.finish(bank, -1);
                assertThat(read.samples()).isEqualTo(2);
                return pending.outputs().get(0).toFloatArray();
            }
        }
    }

    @Test
    void nothingStaysOnTheModelsManagerAfterAnAudit() throws IOException {
        FloatTensor images = random(13, 1, 3, 28, 28);
        try (TappedModel model = load(TestArchives.reference("small_cnn.trace"), "features.8");
                CavBank bank = model.bank(List.of(DenseVector.copyOf(new float[32])))) {
            audited(model, bank, FloatTensor.of(doubled(images), 2, 3, 28, 28));
            int before = model.managedArrays();
            for (int i = 0; i < 20; i++) {
                audited(model, bank, FloatTensor.of(doubled(images), 2, 3, 28, 28));
            }
            assertThat(model.managedArrays()).isEqualTo(before);
        }
    }

    private static float[] doubled(FloatTensor one) {
        float[] two = Arrays.copyOf(one.values(), 2 * one.values().length);
        System.arraycopy(one.values(), 0, two, one.values().length, one.values().length);
        return two;
    }

    @Test
    void theInstrumentedCopyIsRemovedOnClose() throws IOException {
        load(TestArchives.reference("small_cnn.trace"), "features.8").close();

        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void logitsThatAreNotFiniteAreRefused() {
        FloatTensor images = random(7, 2, 3, 28, 28);
        images.values()[0] = Float.NaN;
        try (TappedModel model = load(TestArchives.reference("small_cnn.trace"), "features.8")) {
            assertThatThrownBy(() -> model.settle(images))
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("logits: NaN");
        }
    }

    @Test
    void cavsOfOtherSizesAreRefused() {
        try (TappedModel model = load(TestArchives.reference("small_cnn.trace"), "features.8")) {
            assertThatThrownBy(() -> model.bank(List.of())).hasMessageContaining("cavs");
            assertThatThrownBy(
                            () ->
                                    model.bank(
                                            List.of(
                                                    DenseVector.copyOf(1f),
                                                    DenseVector.copyOf(1f, 0f))))
                    .hasMessageContaining("expected: 1");
        }
    }
}
