package org.plumbline.core.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Examining part by part, as live windows are, says what examining all at once does. */
class ExaminerTest {
    private static final Path MODEL =
            Path.of("src/test/resources/reference/models/small_cnn.trace.pt");
    private static final Path DENSE = Path.of("src/test/resources/reference/models/mlp.trace.pt");
    private static final Set<ExplanationMethod> METHODS =
            Set.of(ExplanationMethod.GRADIENT, ExplanationMethod.GRADIENT_INPUT);
    private static final int INPUTS = 10;
    private static final int PART = 3;

    @TempDir private Path folder = Path.of("");

    @Test
    void partsPutTogetherSayWhatTheWholeDoes() {
        FloatTensor clean = noise(40, 1);
        FloatTensor inputs = noise(INPUTS, 2);
        TangentBases bases = tangents(clean).bases(inputs);
        ExplainSpec spec =
                ExplainSpec.of(folder, Device.cpu(), METHODS.toArray(ExplanationMethod[]::new));
        try (ExplainableModel model = ExplainableModel.load(MODEL, Examiner.spec(spec, clean))) {
            Examiner examiner = Examiner.of(model, METHODS, clean, 5);
            Examination whole = examiner.examine(inputs, bases);
            List<Examination> parts = new ArrayList<>();
            for (int from = 0; from < INPUTS; from += PART) {
                FloatTensor part = inputs.slice(from, Math.min(INPUTS, from + PART));
                parts.add(examiner.examine(part, from, tangents(clean).bases(part)));
            }
            Examination joined = Examination.joined(parts);
            assertThat(joined.size()).isEqualTo(INPUTS);
            assertThat(joined.classes()).isEqualTo(whole.classes());
            assertEqual(joined.readings(), whole.readings());
        }
    }

    /** A flat first layer, as in zennit's composites, would spread relevance evenly. */
    @Test
    void relevanceOfAFullyConnectedNetworkDependsOnTheInput() {
        FloatTensor clean = noise(40, 1);
        FloatTensor inputs = noise(INPUTS, 2);
        Set<ExplanationMethod> lrp = Set.of(ExplanationMethod.LRP);
        ExplainSpec spec =
                ExplainSpec.of(
                        folder, Device.cpu(), ExplanationMethod.GRADIENT, ExplanationMethod.LRP);
        try (ExplainableModel model = ExplainableModel.load(DENSE, Examiner.spec(spec, clean))) {
            Examination found =
                    Examiner.of(model, lrp, clean, 5)
                            .examine(inputs, tangents(clean).bases(inputs));
            FloatTensor maps = found.maps(ExplanationMethod.LRP);
            double uniform = 1.0 / maps.rowSize();
            for (int i = 0; i < INPUTS; i++) {
                float[] map = maps.row(i).toArray();
                double apart = 0;
                for (float share : map) {
                    apart += Math.abs(share - uniform);
                }
                assertThat(apart).as("total variation of input %d", i).isGreaterThan(0.05);
            }
        }
    }

    /** 1e-5: the engine sums batches of another size in another order. */
    private static void assertEqual(List<SignalReading> actual, List<SignalReading> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).signal()).isEqualTo(expected.get(i).signal());
            assertThat(actual.get(i).values().toArray())
                    .as("%s", actual.get(i).signal())
                    .containsExactly(expected.get(i).values().toArray(), within(1e-5f));
        }
    }

    private static LinearTangents tangents(FloatTensor clean) {
        return new LinearTangents(
                ReferencePoints.of(clean), new TangentSettings(8, 4, TangentMode.CENTRED));
    }

    private static FloatTensor noise(int rows, long seed) {
        Random random = new Random(seed);
        FloatTensor images = FloatTensor.zeros(rows, 3, 28, 28);
        for (int i = 0; i < images.values().length; i++) {
            images.values()[i] = (float) random.nextGaussian();
        }
        return images;
    }
}
