package org.plumbline.core.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.ChainOracle;
import org.plumbline.core.tap.ChainOracle.Rule;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.TestArchives;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;

class ConceptLocalisationTest {
    private static final int CHANNELS = 6;
    private static final int SIDE = 12;

    @TempDir Path folder;

    private static FloatTensor random(SplittableRandom random, long... shape) {
        FloatTensor images = FloatTensor.zeros(shape);
        for (int i = 0; i < images.values().length; i++) {
            images.values()[i] = (float) random.nextDouble(-2, 2);
        }
        return images;
    }

    private static DenseVector cav(SplittableRandom random, int dimension) {
        double[] h = random.doubles(dimension, -1, 1).toArray();
        double norm = DenseVector.copyOf(h).norm();
        for (int c = 0; c < dimension; c++) {
            h[c] /= norm;
        }
        return DenseVector.copyOf(h);
    }

    private ExplainSpec spec(LrpComposite composite) {
        return ExplainSpec.of(folder, Device.cpu(), ExplanationMethod.LRP).with(composite);
    }

    private ExplainableModel model(String archive, String layer, LrpComposite composite) {
        return ExplainableModel.load(
                TestArchives.small(archive), spec(composite).at(new LayerPath(layer)));
    }

    @ParameterizedTest(name = "{0}, {1}, seed {2}") // before and behind a ReLU starts the same
    @CsvSource({
        "chain.script, features.3, 0",
        "chain.script, features.4, 1",
        "chain.trace, features.3, 2",
        "chain.trace, features.4, 3"
    })
    void equalsTheOracle(String archive, String layer, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor images = random(random, 20, 2, 10, 10); // more than a batch
        DenseVector h = cav(random, CHANNELS);
        compare(archive, layer, images, h, LrpComposite.EPSILON_PLUS_FLAT, Rule.FLAT, Rule.PLUS);
        compare(
                archive,
                layer,
                images,
                h,
                LrpComposite.EPSILON.withEpsilon(0.1),
                Rule.EPSILON,
                Rule.EPSILON);
    }

    private void compare(
            String archive,
            String layer,
            FloatTensor images,
            DenseVector h,
            LrpComposite composite,
            Rule first,
            Rule convolution)
            throws IOException {
        ChainOracle oracle =
                new ChainOracle(
                        TestArchives.small(archive),
                        composite.epsilon(),
                        composite.signed(),
                        composite.biases(),
                        0,
                        0);
        LocalisedConcept found;
        try (ExplainableModel model = model(archive, layer, composite)) {
            found = ConceptLocalisation.of(model, h, images);
        }
        for (int i = 0; i < images.rows(); i++) {
            double[] expected =
                    oracle.localise(doubles(images.row(i)), doubles(h), first, convolution);
            double largest = 0;
            for (double r : expected) {
                largest = Math.max(largest, Math.abs(r));
            }
            for (int p = 0; p < 100; p++) {
                double sum = Math.max(0, expected[p] + expected[100 + p]);
                assertThat((double) found.maps().values()[i * 100 + p])
                        .isCloseTo(sum, within(2e-4 * largest)); // two channels in float32
            }
        }
    }

    private static double[] doubles(DenseVector vector) {
        double[] out = new double[vector.dimension()];
        for (int i = 0; i < out.length; i++) {
            out[i] = vector.at(i);
        }
        return out;
    }

    @Test
    void withoutBiasesTheRelevanceOfTheLayerReachesThePixels() {
        SplittableRandom random = new SplittableRandom(5);
        FloatTensor images = random(random, 3, 2, 10, 10);
        try (ExplainableModel model =
                model("chain_unbiased.script", "features.4", LrpComposite.EPSILON_PLUS)) {
            LocalisedConcept found = ConceptLocalisation.of(model, cav(random, CHANNELS), images);
            for (int i = 0; i < images.rows(); i++) {
                double sum = 0;
                for (float r : found.pixels().relevance().row(i).toArray()) {
                    sum += r;
                }
                assertThat(sum).isCloseTo(found.strength(i), within(1e-4));
            }
        }
    }

    @Test
    void theOppositeDirectionStartsWithTheOppositeRelevance() {
        SplittableRandom random = new SplittableRandom(6);
        FloatTensor activation = random(random, 2, CHANNELS, 3, 3);
        DenseVector h = cav(random, CHANNELS);
        double[] opposite = doubles(h);
        for (int c = 0; c < CHANNELS; c++) {
            opposite[c] = -opposite[c];
        }
        FloatTensor start = ConceptLocalisation.start(activation, h);
        FloatTensor other = ConceptLocalisation.start(activation, DenseVector.copyOf(opposite));
        for (int i = 0; i < start.values().length; i++) {
            float a = activation.values()[i];
            float expected = a > 0 ? a * h.at(i / 9 % CHANNELS) : 0;
            assertThat(start.values()[i]).isEqualTo(expected, within(0f));
            assertThat(other.values()[i]).isEqualTo(-expected, within(0f));
        }
    }

    @Test
    void channelsMayComeLast() {
        FloatTensor tokens = FloatTensor.of(new float[] {1, 2, -3, 4, 5, 6}, 1, 3, 2);
        DenseVector h = DenseVector.copyOf(new double[] {0.6, -0.8});
        assertThat(ConceptLocalisation.start(tokens, h).values())
                .containsExactly(new float[] {0.6f, -1.6f, 0, -3.2f, 3, -4.8f}, within(1e-6f));
    }

    @Test
    void aMaskIsWhereTheSmoothedMapIsStrong() {
        FloatTensor maps = FloatTensor.zeros(2, SIDE, SIDE); // the second map is empty
        for (int y = 2; y < 6; y++) {
            for (int x = 6; x < 10; x++) {
                maps.values()[y * SIDE + x] = 5;
            }
        }
        maps.values()[11 * SIDE] = 1; // a fifth of the largest
        float[] masks = ConceptLocalisation.masks(maps, 0.5).values();
        for (int p = 0; p < 2 * SIDE * SIDE; p++) {
            assertThat(masks[p]).as("pixel %d", p).isEqualTo(maps.values()[p] == 5 ? 1 : 0);
        }
        float[] wide = ConceptLocalisation.masks(maps, 0.05).values();
        assertThat(wide[11 * SIDE]).isEqualTo(1);
        assertThat(wide[SIDE * SIDE]).isZero();
    }

    @Test
    void whatDoesNotFitIsNamed() {
        FloatTensor images = random(new SplittableRandom(1), 1, 2, 10, 10);
        DenseVector wrong = DenseVector.copyOf(new double[] {1, 0, 0});
        try (ExplainableModel model = model("chain.script", "features.4", LrpComposite.EPSILON)) {
            assertThatThrownBy(() -> ConceptLocalisation.of(model, wrong, images))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cav: 3 components (expected: 6)");
            FloatTensor two = FloatTensor.zeros(2, CHANNELS, 2, 2);
            assertThatThrownBy(() -> model.propagate(images, two))
                    .isInstanceOf(AuditException.class)
                    .hasMessageStartingWith("start: ");
        }
        try (ExplainableModel model =
                ExplainableModel.load(
                        TestArchives.small("chain.script"), spec(LrpComposite.EPSILON))) {
            assertThatThrownBy(() -> ConceptLocalisation.of(model, wrong, images))
                    .isInstanceOf(AuditException.class)
                    .hasMessageStartingWith("layer: none");
        }
        FloatTensor maps = FloatTensor.zeros(1, SIDE, SIDE);
        assertThatThrownBy(() -> ConceptLocalisation.masks(maps, 0))
                .hasMessageStartingWith("threshold: 0.0 (expected: ");
        assertThatThrownBy(() -> ConceptLocalisation.masks(images, 0.5))
                .isInstanceOf(AuditException.class)
                .hasMessageStartingWith("maps: ");
    }
}
