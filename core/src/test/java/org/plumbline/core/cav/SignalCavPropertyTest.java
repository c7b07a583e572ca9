package org.plumbline.core.cav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

class SignalCavPropertyTest {
    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theDirectionIsTheNormalisedRegressionSlope(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int n = random.nextInt(4, 40);
        int d = random.nextInt(1, 8);
        float[] values = new float[n * d];
        long[] concept = new long[n];
        for (int i = 0; i < n; i++) {
            concept[i] = i < 2 ? i : random.nextInt(2);
            for (int j = 0; j < d; j++) {
                values[i * d + j] = (float) (random.nextDouble(-1, 1) + concept[i]);
            }
        }

        DenseVector cav = SignalCav.fit(FloatTensor.of(values, n, d), concept);

        double[] slope = slopes(values, concept, d); // cov(a, t) / var(t), the published form
        double norm = Math.sqrt(Arrays.stream(slope).map(s -> s * s).sum());
        for (int j = 0; j < d; j++) {
            assertThat((double) cav.at(j)).isCloseTo(slope[j] / norm, within(1e-5));
        }
        assertThat(new Cav(new ConceptId("c"), new LayerPath("l"), cav).direction()).isEqualTo(cav);
    }

    private static double[] slopes(float[] values, long[] concept, int d) {
        int n = concept.length;
        double meanT = LongStream.of(concept).average().orElseThrow();
        double[] slopes = new double[d];
        for (int j = 0; j < d; j++) {
            double meanA = 0;
            for (int i = 0; i < n; i++) {
                meanA += values[i * d + j] / (double) n;
            }
            double covariance = 0;
            double variance = 0;
            for (int i = 0; i < n; i++) {
                covariance += (values[i * d + j] - meanA) * (concept[i] - meanT);
                variance += (concept[i] - meanT) * (concept[i] - meanT);
            }
            slopes[j] = covariance / variance;
        }
        return slopes;
    }

    @Test
    void whatCannotBeFittedIsRefused() {
        FloatTensor two = FloatTensor.of(new float[] {1, 2}, 2, 1);
        assertThatThrownBy(() -> SignalCav.fit(two, new long[] {1, 1}))
                .hasMessageContaining("2 positives of 2");
        assertThatThrownBy(() -> SignalCav.fit(two, new long[] {0, 2}))
                .hasMessage("concept: 2 (expected: 0 or 1)");
        assertThatThrownBy(() -> SignalCav.fit(two, new long[] {0}))
                .hasMessageContaining("2 labels");
        FloatTensor same = FloatTensor.of(new float[] {1, 1}, 2, 1);
        assertThatThrownBy(() -> SignalCav.fit(same, new long[] {0, 1}))
                .hasMessageStartingWith("activations: constant");
        FloatTensor nan = FloatTensor.of(new float[] {Float.NaN, 1}, 2, 1);
        assertThatThrownBy(() -> SignalCav.fit(nan, new long[] {0, 1}))
                .hasMessage("activations[0, 0]: NaN (expected: finite values)");
        DenseVector two2 = DenseVector.copyOf(2f);
        assertThatThrownBy(() -> new Cav(new ConceptId("c"), new LayerPath("l"), two2))
                .hasMessage("norm: 2.0 (expected: 1)");
    }

    @Test
    void poolingTakesMaximumOrMean() {
        FloatTensor map = FloatTensor.of(new float[] {1, 2, 3, 6, -1, -2, -3, -6}, 1, 2, 2, 2);
        assertThat(Pooling.parse("max").pool(map).values()).containsExactly(6, -1);
        assertThat(Pooling.parse("mean").pool(map).values()).containsExactly(3, -3);
        assertThat(Pooling.parse("none").pool(map).shape()).containsExactly(1, 8);
        assertThatThrownBy(() -> Pooling.ofChannels("none")).hasMessageContaining("max or mean");
        FloatTensor flat = FloatTensor.zeros(1, 2);
        assertThat(Pooling.MAX.pool(flat)).isSameAs(flat);
        assertThatThrownBy(() -> Pooling.parse("min")).hasMessageContaining("max, mean or none");
    }
}
