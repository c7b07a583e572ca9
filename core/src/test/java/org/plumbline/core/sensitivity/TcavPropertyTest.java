package org.plumbline.core.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.SplittableRandom;
import java.util.stream.LongStream;

class TcavPropertyTest {
    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void negatingTheCavComplementsTheScores(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int n = random.nextInt(1, 20);
        float[] gradient = new float[n * 3 * 4];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (float) random.nextDouble(-1, 1);
        }
        FloatTensor tensor = FloatTensor.of(gradient, n, 3, 2, 2);
        TcavMetrics plus =
                TcavMetrics.of(SensitivityMap.of(tensor, DenseVector.copyOf(1f, 0f, 0f)));
        TcavMetrics minus =
                TcavMetrics.of(SensitivityMap.of(tensor, DenseVector.copyOf(-1f, 0f, 0f)));

        assertThat(minus.quotient()).isCloseTo(1 - plus.quotient(), within(1e-12));
        assertThat(minus.meanQuotient()).isCloseTo(1 - plus.meanQuotient(), within(1e-12));
        assertThat(minus.sensitivity()).isEqualTo(plus.sensitivity());
        assertThat(plus.positive() + plus.negative() + plus.zero()).isEqualTo(n * 4L);
    }

    @Test
    void withoutAnySignTheScoresAreNeutral() {
        TcavMetrics flat = TcavMetrics.of(FloatTensor.zeros(3, 2, 2));

        assertThat(flat.quotient()).isEqualTo(0.5);
        assertThat(flat.meanQuotientStandardError()).isZero();
        assertThat(flat.zero()).isEqualTo(12);
    }

    @Test
    void aMapNeedsACavOfItsChannels() {
        FloatTensor gradient = FloatTensor.zeros(1, 3);
        assertThat(SensitivityMap.of(gradient, DenseVector.copyOf(1f, 2f, 3f)).shape())
                .containsExactly(1, 1, 1);
        assertThatThrownBy(() -> SensitivityMap.of(gradient, DenseVector.copyOf(1f)))
                .hasMessage("cav: 1 components (expected: 3)");
    }

    @Test
    void aMaskKeepsItsPlaceAtTheLayer() {
        FloatTensor pixels = FloatTensor.zeros(1, 28, 28);
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 8; x++) {
                pixels.values()[y * 28 + x] = 1;
            }
        }

        FloatTensor mask = LatentMask.of(pixels, 7, 7);

        assertThat(mask.values()[0]).isEqualTo(1);
        assertThat(mask.values()[48]).isZero();
    }

    @Test
    void aMaskOfTheLayersSizeIsTakenAsItIsAndOtherFormsAreRefused() {
        FloatTensor mask = FloatTensor.of(new float[] {0, 1, 1, 0}, 1, 2, 2);
        assertThat(LatentMask.of(mask, 2, 2)).isSameAs(mask);
        assertThatThrownBy(() -> LatentMask.of(FloatTensor.zeros(4, 4), 2, 2))
                .hasMessageStartingWith("mask: ");
    }

    @Test
    void captumCountsSamplesOfTheWholeActivation() {
        FloatTensor maps = FloatTensor.of(new float[] {1, -3, 2, 2, 0, 0}, 3, 1, 2);
        CaptumTcav tcav = CaptumTcav.of(maps); // derivatives -2, 4 and 0
        assertThat(tcav.signCount()).isEqualTo(1 / 3.0);
        assertThat(tcav.magnitude()).isEqualTo(2 / 3.0);
    }
}
