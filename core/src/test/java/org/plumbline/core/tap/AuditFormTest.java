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
import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.model.OutputSelector;
import org.plumbline.core.sensitivity.SensitivityMap;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.TestArchives;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Models that need one of the fallbacks: operations, outputs to select, missing derivatives. */
class AuditFormTest {
    private static final int CLASS = 1;

    @TempDir Path folder;

    private TappedModel load(String archive, String layer) {
        return load(archive, layer, Optional.empty());
    }

    private TappedModel load(String archive, String layer, Optional<String> output) {
        return TappedModel.load(
                TestArchives.small(archive),
                new TapSpec(
                        new LayerPath(layer),
                        output.map(OutputSelector::new),
                        folder,
                        Device.cpu()));
    }

    private static FloatTensor random(long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor tensor = FloatTensor.zeros(shape);
        for (int i = 0; i < tensor.values().length; i++) {
            tensor.values()[i] = (float) random.nextDouble(-1, 1);
        }
        return tensor;
    }

    private static DenseVector direction(long seed, int d) {
        float[] drawn = random(seed, d).values();
        double norm = DenseVector.copyOf(drawn).norm();
        for (int i = 0; i < d; i++) {
            drawn[i] /= (float) norm;
        }
        return DenseVector.copyOf(drawn);
    }

    private static FloatTensor images() {
        return random(5, 3, 1, 8, 8);
    }

    /** Every operation of a frozen archive is the module of the same model before freezing. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "frozen, conv2d_1, conv1",
        "frozen, conv2d_2, conv2",
        "frozen, relu, stem.2",
        "frozen, add, add",
        "frozen, linear, fc",
        "frozen_traced, conv2d_1, conv1",
        "frozen_traced, conv2d_2, conv2",
        "frozen_traced, relu, stem.2",
        "frozen_traced, add, add",
        "frozen_traced, max_pool2d, max_pool2d",
        "cnn, conv2.conv2d, conv2",
        "cnn, stem.0.conv2d, stem.0"
    })
    void anOperationReadsWhatItsModuleReads(String archive, String operation, String module) {
        TapReading expected;
        try (TappedModel model = load("cnn", module)) {
            expected = model.read(images(), CLASS);
        }
        try (TappedModel model = load(archive, operation)) {
            assertThat(model.settle(images())).isEqualTo(AuditForm.KEPT_GRAPH);
            TapReading actual = model.read(images(), CLASS);
            close(actual.logits(), expected.logits());
            close(actual.activation(), expected.activation());
            close(actual.gradient(), expected.gradient());
        }
    }

    /** 1e-5: freezing folds batch normalisation into the weights, in float32. */
    private static void close(FloatTensor actual, FloatTensor expected) {
        assertThat(actual.shape()).containsExactly(expected.shape());
        float size = 0;
        for (float value : expected.values()) {
            size = Math.max(size, Math.abs(value));
        }
        assertThat(size).isPositive();
        assertThat(actual.values()).containsExactly(expected.values(), within(1e-5f * size));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "dictionary, out, 3, 2",
        "dictionary, aux, 2, 2",
        "single, , 3, 1",
        "choice, , 2, 0",
        "choice, 1, 3, 0",
        "listed, , 2, 2",
        "listed, 1, 3, 2",
        "named, , 3, 0",
        "named, logits, 3, 0",
        "named, 0, 3, 0"
    })
    void theSelectedOutputIsAuditedAndAllAreAnswered(
            String archive, String output, int classes, int answers) {
        try (TappedModel model = load(archive, "conv", Optional.ofNullable(output));
                CavBank bank = model.bank(List.of(direction(1, 4)));
                NDManager unit = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            assertThat(model.settle(images())).isEqualTo(AuditForm.KEPT_INPUT);
            TapReading reading = model.read(images(), CLASS);
            assertThat(reading.logits().shape()).containsExactly(3, classes);
            assertThat(model.logits(images(), 3).values())
                    .containsExactly(reading.logits().values());

            NDArray x = unit.create(images().values(), new Shape(images().shape()));
            NDList plain = model.forward(new NDList(x));
            try (PendingAudit pending = model.answer(new NDList(x))) {
                x.set(new float[x.toFloatArray().length]); // the request's memory may be reused
                same(pending.outputs(), plain);
                assertThat(plain.size()).isEqualTo(answers == 0 ? 1 : answers);
                Sensitivities read = pending.finish(bank, CLASS);
                FloatTensor map = SensitivityMap.of(reading.gradient(), direction(1, 4));
                for (int i = 0; i < 3; i++) {
                    assertThat((double) read.mean(i, 0)).isCloseTo(mean(map, i), within(1e-6));
                }
            }
        }
    }

    private static void same(NDList actual, NDList expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).getName()).isEqualTo(expected.get(i).getName());
            assertThat(actual.get(i).toByteArray()).isEqualTo(expected.get(i).toByteArray());
        }
    }

    private static double mean(FloatTensor map, int row) {
        double sum = 0;
        for (int i = row * map.rowSize(); i < (row + 1) * map.rowSize(); i++) {
            sum += map.values()[i];
        }
        return sum / map.rowSize();
    }

    /** The head's logits are the selected ones. */
    @ParameterizedTest
    @ValueSource(strings = {"single", "named", "listed"})
    void modelsThatReturnMoreCanBeTrained(String archive) {
        TrainingPlan plan = TrainingPlan.live(List.of("fc.weight")).splitAt(new LayerPath("conv"));
        float[] expected;
        try (TappedModel model = load(archive, "conv")) {
            expected = model.logits(images(), 3).values();
        }
        try (TrainableModel model =
                        TrainableModel.load(
                                TestArchives.small(archive), plan, folder, Device.cpu());
                NDManager unit = model.newUnit()) {
            NDArray x = unit.create(images().values(), new Shape(images().shape()));
            assertThat(model.head(model.trunk(x)).toFloatArray()).containsExactly(expected);
            assertThat(model.classes(images().slice(0, 1))).isEqualTo(expected.length / 3);
        }
    }

    @Test
    void aDictionaryOfSeveralNeedsAKey() {
        for (Optional<String> output : List.of(Optional.<String>empty(), Optional.of("mask"))) {
            try (TappedModel model = load("dictionary", "conv", output)) {
                assertThatThrownBy(() -> model.settle(images()))
                        .isInstanceOf(AuditException.class)
                        .hasMessageMatching(
                                "output: (none|mask) \\(expected: one of (aux, out|out, aux)\\)");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3", "scores"})
    void anElementThatIsNoTensorIsRefusedBeforeLoading(String output) {
        assertThatThrownBy(() -> load("choice", "conv", Optional.of(output)))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("output " + output + " is no Tensor: one of 0, 1");
    }

    @Test
    void aNoneIsNamedWhenItIsSelected() {
        try (TappedModel model = load("named", "conv", Optional.of("aux"))) {
            assertThatThrownBy(() -> model.settle(images()))
                    .hasMessage("output: aux (expected: a Tensor, not None)");
        }
    }

    /**
     * The twin of the archive was traced with gradients. 1e-2 of the largest: the error of central
     * differences is of second order in a relative step of 5e-3.
     */
    @ParameterizedTest
    @ValueSource(strings = {"norm", "patches", "transpose"})
    void differencesStandInForAMissingDerivative(String layer) {
        List<DenseVector> cavs = List.of(direction(1, 8), direction(2, 8), direction(3, 8));
        FloatTensor expected;
        try (TappedModel twin = load("tokens_differentiable", layer)) {
            assertThat(twin.settle(images())).isEqualTo(AuditForm.KEPT_GRAPH);
            expected = twin.read(images(), CLASS).gradient();
        }
        try (TappedModel model = load("tokens", layer);
                CavBank bank = model.bank(cavs)) {
            assertThat(model.settle(images())).isEqualTo(AuditForm.FINITE_DIFFERENCES);
            Sensitivities read = model.sensitivities(images(), bank, CLASS);
            agrees(read, expected, cavs, 1e-2);
        }
    }

    private static void agrees(
            Sensitivities read, FloatTensor gradient, List<DenseVector> cavs, double margin) {
        double largest = 0;
        double gap = 0;
        for (int k = 0; k < cavs.size(); k++) {
            FloatTensor map = SensitivityMap.of(gradient, cavs.get(k));
            for (int i = 0; i < map.rows(); i++) {
                double expected = mean(map, i);
                largest = Math.max(largest, Math.abs(expected));
                gap = Math.max(gap, Math.abs(expected - read.mean(i, k)));
                assertThat(read.meanAbsolute(i, k)).isEqualTo(Math.abs(read.mean(i, k)));
                assertThat(read.positive(i, k) + read.negative(i, k)).isEqualTo(1);
                assertThat(read.positive(i, k)).isEqualTo(read.mean(i, k) > 0 ? 1 : 0);
            }
        }
        assertThat(largest).isPositive();
        assertThat(gap / largest).isLessThan(margin);
    }

    @Test
    void layersBehindTheOperatorKeepTheirGradient() {
        try (TappedModel model = load("tokens", "last")) {
            assertThat(model.settle(images())).isEqualTo(AuditForm.KEPT_GRAPH);
        }
    }

    /** Its in-place sum overwrites what the backward pass of a ReLU needs. */
    @Test
    void aModelThatOverwritesItsGraphIsMeasuredByDifferences() {
        DenseVector cav = direction(4, 4);
        try (TappedModel model = load("overwritten", "conv");
                CavBank bank = model.bank(List.of(cav))) {
            assertThat(model.settle(images())).isEqualTo(AuditForm.FINITE_DIFFERENCES);
            Sensitivities read = model.sensitivities(images(), bank, CLASS);
            assertThat(read.mean(0, 0)).isNotZero();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"channels_last, mix, 6", "tokens_differentiable, last, 8", "cnn, conv2, 4"})
    void statisticsFindTheChannelAxis(String archive, String layer, int d) {
        DenseVector cav = direction(6, d);
        try (TappedModel model = load(archive, layer);
                CavBank bank = model.bank(List.of(cav))) {
            TapReading reading = model.read(images(), CLASS);
            Sensitivities read = model.sensitivities(images(), bank, CLASS);
            FloatTensor map = slow(reading.gradient(), cav, d);
            for (int i = 0; i < 3; i++) {
                assertThat((double) read.mean(i, 0)).isCloseTo(mean(map, i), within(1e-6));
                assertThat(read.positive(i, 0)).isEqualTo(count(map, i, 1));
                assertThat(read.negative(i, 0)).isEqualTo(count(map, i, -1));
            }
            assertThat(SensitivityMap.of(reading.gradient(), cav).values())
                    .containsExactly(map.values(), within(1e-7f));
        }
    }

    private static int count(FloatTensor map, int row, int sign) {
        int count = 0;
        for (int i = row * map.rowSize(); i < (row + 1) * map.rowSize(); i++) {
            count += Math.signum(map.values()[i]) == sign ? 1 : 0;
        }
        return count;
    }

    /** Sums along the axis whose extent is d, by index arithmetic. */
    private static FloatTensor slow(FloatTensor gradient, DenseVector cav, int d) {
        long[] shape = gradient.shape();
        int axis = shape[1] == d ? 1 : shape.length - 1;
        int stride = 1;
        for (int a = axis + 1; a < shape.length; a++) {
            stride *= (int) shape[a];
        }
        float[] map = new float[gradient.values().length / d];
        for (int i = 0; i < gradient.values().length; i++) {
            int channel = i / stride % d;
            int location = i / (stride * d) * stride + i % stride;
            map[location] += gradient.values()[i] * cav.at(channel);
        }
        return FloatTensor.of(map, shape[0], map.length / shape[0]);
    }

    @Test
    void nothingStaysBehindAfterAnAuditByDifferences() {
        try (TappedModel model = load("tokens", "norm");
                CavBank bank = model.bank(List.of(direction(1, 8)));
                NDManager unit = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            model.settle(images());
            NDArray x = unit.create(images().values(), new Shape(images().shape()));
            audit(model, bank, x);
            int before = model.managedArrays();
            for (int i = 0; i < 10; i++) {
                audit(model, bank, x);
            }
            assertThat(model.managedArrays()).isEqualTo(before);
        }
    }

    private static void audit(TappedModel model, CavBank bank, NDArray x) {
        try (PendingAudit pending = model.answer(new NDList(x))) {
            assertThat(pending.bytes()).isEqualTo(4L * 3 * 8 * 8);
            assertThat(pending.finish(bank, -1).samples()).isEqualTo(3);
            pending.outputs().close();
        }
    }

    @Test
    void aValueNothingUsesIsRefused() {
        try (TappedModel model = load("pair", "fc", Optional.of("1"))) {
            FloatTensor rows = random(2, 3, 4);
            assertThatThrownBy(() -> model.settle(rows))
                    .hasMessageContaining("layer: fc: it has no effect; ")
                    .hasMessageContaining("does not require grad");
        }
    }

    @Test
    void manyCopiesOfABatchGiveWhatOneGives() {
        List<DenseVector> cavs =
                java.util.stream.LongStream.range(0, 9).mapToObj(s -> direction(s, 8)).toList();
        FloatTensor one = images().slice(0, 1);
        try (TappedModel model = load("tokens", "norm");
                CavBank all = model.bank(cavs)) {
            model.settle(one);
            Sensitivities together = model.sensitivities(one, all, CLASS);
            float[] alone = new float[cavs.size()];
            float[] joint = new float[cavs.size()];
            for (int k = 0; k < cavs.size(); k++) {
                try (CavBank single = model.bank(List.of(cavs.get(k)))) {
                    alone[k] = model.sensitivities(one, single, CLASS).mean(0, 0);
                    joint[k] = together.mean(0, k);
                }
            }
            // rounding of the logits over a step of 5e-3; concepts must not be swapped
            float largest = 0;
            for (float value : alone) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(joint).containsExactly(alone, within(1e-3f * largest));
            assertThat(Arrays.stream(new int[] {0, 1}).mapToObj(k -> alone[k]))
                    .doesNotHaveDuplicates();
        }
    }
}
