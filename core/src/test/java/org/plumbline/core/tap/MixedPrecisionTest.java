package org.plumbline.core.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.instrument.MixedPrecision;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.TestArchives;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** Training copies whose convolutions and matrix products compute in bfloat16. */
class MixedPrecisionTest {
    private static final List<String> TRAINED = List.of("features.0.weight", "classifier.2.weight");

    /** Half a unit in the last of bfloat16's 8 bits, relative. */
    private static final double ROUNDING = 0x1p-8;

    @TempDir Path folder;

    /** Returns a value rounded to 8 significant bits, ties to even: bfloat16's definition. */
    private static float bfloat16(double value) {
        float single = (float) value;
        int bits = Float.floatToRawIntBits(single);
        int rounded = bits + 0x7fff + ((bits >>> 16) & 1);
        return Float.intBitsToFloat(rounded & 0xffff0000);
    }

    private static float[] draws(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    private static FloatTensor tensor(Map<String, FloatTensor> state, String name) {
        return Objects.requireNonNull(state.get(name), name);
    }

    private Path narrowed(Path archive, int operators) throws IOException {
        Path copy = folder.resolve("narrowed.pt");
        try (Archive original = Archive.open(archive)) {
            assertThat(MixedPrecision.write(original, copy)).isEqualTo(operators);
        }
        return copy;
    }

    private TrainableModel model(Path archive, List<String> trained) {
        return TrainableModel.load(archive, TrainingPlan.live(trained), folder, Device.cpu());
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear.script", "linear.trace"})
    void aLinearLayerRoundsOperandsAndResultOnce(String name) throws IOException {
        Path archive = TestArchives.small(name);
        String weights;
        try (Archive open = Archive.open(archive)) {
            weights = open.parameters().get(0).name();
        }
        try (TrainableModel model = model(narrowed(archive, 1), List.of(weights));
                NDManager unit = model.newUnit()) {
            Map<String, FloatTensor> state = model.state();
            FloatTensor w = tensor(state, weights);
            FloatTensor b = tensor(state, weights.substring(0, weights.lastIndexOf('.')) + ".bias");
            int width = Math.toIntExact(w.shape()[1]);
            float[] x = draws(5, width);
            float[] logits = model.logits(unit.create(x, new Shape(1, width))).toFloatArray();
            for (int k = 0; k < logits.length; k++) {
                double sum = bfloat16(b.values()[k]);
                for (int i = 0; i < width; i++) {
                    sum += (double) bfloat16(x[i]) * bfloat16(w.values()[k * width + i]);
                }
                assertThat((double) logits[k])
                        .isCloseTo(sum, within(1.01 * ROUNDING * Math.max(Math.abs(sum), 0.01)));
                assertThat(logits[k]).isEqualTo(bfloat16(logits[k]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small_cnn.script", "small_cnn.trace"})
    void parametersAndGradientsStayFloat32(String name) throws IOException {
        Path archive = TestArchives.reference(name);
        try (NativeOperators operators = NativeOperators.load(folder, Device.cpu());
                TrainableModel exact = model(archive, TRAINED);
                TrainableModel narrow = model(narrowed(archive, 5), TRAINED);
                NDManager unit = operators.newUnit()) {
            NDArray x = unit.create(draws(7, 4 * 3 * 28 * 28), new Shape(4, 3, 28, 28));
            assertThat(narrow.state().keySet()).isEqualTo(exact.state().keySet());
            NDList expected = gradients(operators, exact, unit, x);
            NDList found = gradients(operators, narrow, unit, x);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(found.get(i).getDataType()).isEqualTo(expected.get(i).getDataType());
                float[] wanted = expected.get(i).toFloatArray();
                float[] values = found.get(i).toFloatArray();
                assertThat(values).isNotEqualTo(wanted);
                assertThat(cosine(values, wanted)).isGreaterThan(0.99);
            }
        }
    }

    private static NDList gradients(
            NativeOperators operators, TrainableModel model, NDManager unit, NDArray x) {
        NDArray labels = unit.create(new long[] {0, 1, 2, 3});
        NDArray loss =
                operators.crossEntropy(unit, model.logits(x), labels, unit.ones(new Shape(10)));
        return operators.gradients(unit, loss, model.parameters(unit));
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double left = 0;
        double right = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            left += (double) a[i] * a[i];
            right += (double) b[i] * b[i];
        }
        return dot / Math.sqrt(left * right);
    }

    @ParameterizedTest
    @ValueSource(strings = {"functional.script", "functional.trace", "frozen", "chain.trace"})
    void theEngineTakesTheCodeOfEveryKindOfExport(String name) throws IOException {
        Path archive = TestArchives.small(name);
        Path copy = folder.resolve("copy.pt");
        try (Archive open = Archive.open(archive)) {
            assertThat(MixedPrecision.write(open, copy)).isPositive();
        }
        NativeModule.load(copy, Device.cpu()).close();
    }
}
