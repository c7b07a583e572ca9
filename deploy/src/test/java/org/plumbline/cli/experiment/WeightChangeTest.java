package org.plumbline.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;

class WeightChangeTest {
    private static final int SIZE = 20_000;

    private static final FloatTensor WEIGHTS = weights();

    private static FloatTensor weights() {
        SplittableRandom random = new SplittableRandom(3);
        float[] values = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            values[i] = (float) (3 * random.nextGaussian());
        }
        return FloatTensor.of(values, 100, SIZE / 100);
    }

    private static FloatTensor of(String name, Map<String, FloatTensor> tensors) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    @Test
    void quantisedWeightsAreTheNearestOfFewLevels() {
        FloatTensor quantised = of("w", WeightChange.quantised(Map.of("w", WEIGHTS), 4));
        float largest = 0;
        for (float value : WEIGHTS.values()) {
            largest = Math.max(largest, Math.abs(value));
        }
        TreeSet<Float> levels = new TreeSet<>();
        for (int i = 0; i < SIZE; i++) {
            levels.add(quantised.values()[i] + 0f);
            assertThat(Math.abs(quantised.values()[i] - WEIGHTS.values()[i]))
                    .isLessThanOrEqualTo(largest / 7 / 2 + 1e-5f);
        }
        assertThat(levels).hasSizeLessThanOrEqualTo(15);
        assertThat(Math.max(levels.last(), -levels.first())).isCloseTo(largest, within(1e-5f));
        assertThat(quantised.shape()).containsExactly(WEIGHTS.shape());
    }

    @Test
    void aTensorOfZerosStaysSo() {
        FloatTensor zeros = FloatTensor.zeros(3, 4);
        assertThat(of("b", WeightChange.quantised(Map.of("b", zeros), 8)).values())
                .containsOnly(0f);
    }

    @Test
    void noiseHasTheShareOfTheDeviationAndFollowsTheSeed() {
        float[] noisy = of("w", WeightChange.noisy(Map.of("w", WEIGHTS), 0.1, 5)).values();
        double square = 0;
        for (int i = 0; i < SIZE; i++) {
            double difference = noisy[i] - WEIGHTS.values()[i];
            square += difference * difference / SIZE;
        }
        // 0.1 of a deviation of 3; its relative error over 20,000 draws is 0.5 %
        assertThat(Math.sqrt(square)).isCloseTo(0.3, within(0.01));
        assertThat(of("w", WeightChange.noisy(Map.of("w", WEIGHTS), 0.1, 5)).values())
                .containsExactly(noisy);
    }

    @Test
    void oneBitIsRefused() {
        assertThatThrownBy(() -> WeightChange.quantised(Map.of("w", WEIGHTS), 1))
                .hasMessage("bits: 1 (expected: 2 to 16)");
    }
}
