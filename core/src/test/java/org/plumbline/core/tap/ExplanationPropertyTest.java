package org.plumbline.core.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.instrument.relevance.LrpRule.Box;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.ChainOracle.Rule;
import org.plumbline.core.tap.IntegratedGradients.Form;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.TestArchives;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Laws of attribution on small networks with random images; a failing seed is in the name. */
class ExplanationPropertyTest {
    private static final int IMAGES = 4;
    private static final double LARGEST = 2;

    @TempDir Path folder;

    static LongStream seeds() {
        return LongStream.range(0, 8);
    }

    private ExplainSpec spec(ExplanationMethod method) {
        return ExplainSpec.of(folder, Device.cpu(), method);
    }

    private static FloatTensor images(long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor images = FloatTensor.zeros(shape);
        for (int i = 0; i < images.values().length; i++) {
            images.values()[i] = (float) random.nextDouble(-LARGEST, LARGEST);
        }
        return images;
    }

    private static FloatTensor images(long seed) {
        return images(seed, IMAGES, 2, 10, 10);
    }

    private Attribution explain(
            String archive, ExplanationMethod method, ExplainSpec spec, FloatTensor images) {
        try (ExplainableModel model = ExplainableModel.load(TestArchives.small(archive), spec)) {
            return model.explain(method, images, -1);
        }
    }

    private static double sum(FloatTensor relevance, int row) {
        double sum = 0;
        for (float value : relevance.row(row).toArray()) {
            sum += value;
        }
        return sum;
    }

    private static double logit(Attribution attribution, int row) {
        return attribution.logits().row(row).at((int) attribution.classes()[row]);
    }

    private void conserves(
            String archive, LrpComposite composite, FloatTensor images, double margin) {
        ExplainSpec spec = spec(ExplanationMethod.LRP).with(composite);
        Attribution lrp = explain(archive, ExplanationMethod.LRP, spec, images);
        for (int i = 0; i < images.rows(); i++) {
            double start = composite.fromLogit() ? logit(lrp, i) : 1;
            assertThat(sum(lrp.relevance(), i) / start).isCloseTo(1, within(margin));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds") // 1e-3: epsilon against the smallest of some hundred activations
    void lrpConservesRelevanceWithoutBiases(long seed) {
        FloatTensor images = images(seed);
        conserves("chain_unbiased.script", LrpComposite.EPSILON, images, 1e-3);
        conserves("chain_unbiased.script", LrpComposite.EPSILON_PLUS, images, 1e-3);
        conserves("chain_unbiased.trace", LrpComposite.EPSILON_PLUS_FLAT, images, 1e-3);
        LrpComposite fairwasher = LrpComposite.fairwasher(Box.between(-LARGEST, LARGEST));
        conserves("chain_unbiased.trace", fairwasher, images, 1e-4);
        conserves("chain.script", fairwasher, images, 1e-4);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2}) // 1e-2: sums of signed values come near zero
    void gatesAttentionAndSkipsConserveRelevance(long seed) {
        LrpComposite composite = LrpComposite.EPSILON.withEpsilon(1e-8);
        conserves("functional.script", composite, images(seed), 1e-2);
        conserves("functional.trace", composite, images(seed), 1e-2);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1})
    void relevanceHasTheSameSumAtEveryLayer(long seed) {
        FloatTensor images = images(seed);
        for (String layer : List.of("features.0", "features.1", "features.2", "features.4")) {
            ExplainSpec spec =
                    spec(ExplanationMethod.LRP)
                            .with(LrpComposite.EPSILON_PLUS)
                            .at(new LayerPath(layer));
            Attribution lrp = explain("chain_unbiased.script", ExplanationMethod.LRP, spec, images);
            for (int i = 0; i < images.rows(); i++) {
                assertThat(sum(lrp.relevance(), i)).as(layer).isCloseTo(1, within(1e-3));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void lrpEqualsTheOracle(long seed) throws IOException {
        FloatTensor images = images(seed);
        double large = 0.1; // epsilon of 1e-6 is ill conditioned in float32
        LrpComposite epsilon = LrpComposite.EPSILON.withEpsilon(large);
        LrpComposite flat = LrpComposite.EPSILON_PLUS_FLAT.withEpsilon(large);
        LrpComposite box = LrpComposite.fairwasher(Box.between(-LARGEST, LARGEST));
        compare(seed, images, epsilon, Rule.EPSILON, Rule.EPSILON);
        compare(seed, images, flat, Rule.FLAT, Rule.PLUS);
        compare(seed, images, LrpComposite.EPSILON_PLUS_FLAT, Rule.FLAT, Rule.PLUS);
        compare(seed, images, box, Rule.BOX, Rule.PLUS);
    }

    private void compare(
            long seed, FloatTensor images, LrpComposite composite, Rule first, Rule convolution)
            throws IOException {
        String kind = seed % 2 == 0 ? "chain.script" : "chain.trace";
        ChainOracle oracle =
                new ChainOracle(
                        TestArchives.small(kind),
                        composite.epsilon(),
                        composite.signed(),
                        composite.biases(),
                        -LARGEST,
                        LARGEST);
        ExplainSpec spec = spec(ExplanationMethod.LRP).with(composite);
        Attribution lrp = explain(kind, ExplanationMethod.LRP, spec, images);
        for (int i = 0; i < images.rows(); i++) {
            double[] x = new double[images.rowSize()];
            for (int p = 0; p < x.length; p++) {
                x[p] = images.values()[i * x.length + p];
            }
            int target = (int) lrp.classes()[i];
            double[] expected =
                    oracle.explain(x, target, first, convolution, composite.fromLogit());
            double difference = 0;
            double largest = 0;
            for (int p = 0; p < x.length; p++) {
                double actual = lrp.relevance().values()[i * x.length + p];
                difference = Math.max(difference, Math.abs(actual - expected[p]));
                largest = Math.max(largest, Math.abs(expected[p]));
            }
            assertThat(difference / largest).as(composite.toString()).isLessThan(1e-4);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds") // kinks along the path: 400 points leave about 1e-3 of the difference
    void integratedGradientsSumToTheDifferenceOfLogits(long seed) {
        FloatTensor images = images(seed);
        FloatTensor baseline = images(seed + 100, 1, 2, 10, 10);
        IntegratedGradients parameters =
                new IntegratedGradients(
                        400, Quadrature.GAUSS_LEGENDRE, Form.STANDARD, Optional.of(baseline));
        ExplanationMethod method = ExplanationMethod.INTEGRATED_GRADIENTS;
        ExplainSpec spec = spec(method).with(parameters).withBatch(128);
        Attribution integrated = explain("chain.script", method, spec, images);
        FloatTensor atBaseline = explain("chain.script", method, spec, baseline).logits();
        for (int i = 0; i < images.rows(); i++) {
            double start = atBaseline.values()[(int) integrated.classes()[i]];
            assertThat(sum(integrated.relevance(), i))
                    .isCloseTo(logit(integrated, i) - start, within(5e-3));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds") // a ReLU network without biases is piecewise linear through 0
    void gradientTimesInputSumsToTheLogitWithoutBiases(long seed) {
        ExplanationMethod method = ExplanationMethod.GRADIENT_INPUT;
        Attribution attribution =
                explain("chain_unbiased.trace", method, spec(method), images(seed));
        for (int i = 0; i < IMAGES; i++) {
            assertThat(sum(attribution.relevance(), i))
                    .isCloseTo(logit(attribution, i), within(1e-5));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void onALinearModelAllMethodsAreClosedForms(long seed) {
        FloatTensor images = images(seed, IMAGES, 2, 4, 4);
        FloatTensor gradient = of("linear.script", ExplanationMethod.GRADIENT, images);
        FloatTensor product = of("linear.script", ExplanationMethod.GRADIENT_INPUT, images);
        FloatTensor integrated = of("linear.trace", ExplanationMethod.INTEGRATED_GRADIENTS, images);
        ExplainSpec spec = spec(ExplanationMethod.LRP).with(LrpComposite.EPSILON);
        Attribution lrp = explain("linear.trace", ExplanationMethod.LRP, spec, images);
        for (int p = 0; p < product.values().length; p++) {
            float expected = gradient.values()[p] * images.values()[p];
            double logit = logit(lrp, p / images.rowSize());
            assertThat(product.values()[p]).isCloseTo(expected, within(1e-6f));
            assertThat(integrated.values()[p]).isCloseTo(expected, within(1e-5f));
            assertThat(lrp.relevance().values()[p] * logit)
                    .isCloseTo(expected, within(1e-4 * (1 + 1 / Math.abs(logit))));
        }
    }

    private FloatTensor of(String archive, ExplanationMethod method, FloatTensor images) {
        return explain(archive, method, spec(method), images).relevance();
    }
}
