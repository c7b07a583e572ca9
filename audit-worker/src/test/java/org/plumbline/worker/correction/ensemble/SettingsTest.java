package org.plumbline.worker.correction.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Schedules, selection and votes by hand. */
class SettingsTest {

    /** The published trace: the rate first falls at step 20,000, then every 10,000. */
    @ParameterizedTest
    @CsvSource({
        "0, 1, false",
        "10000, 1, false",
        "10001, 1, true",
        "19999, 1, true",
        "20000, 0.5, true",
        "29999, 0.5, true",
        "30000, 0.25, true",
        "49999, 0.125, true"
    })
    void theRateDecaysFromTheSwappingOn(long step, double rate, boolean swaps) {
        Disentangling published = new Disentangling(10, 1, 10, 10_000, 10_000, 0.5);

        assertThat(published.rate(step)).isEqualTo(rate);
        assertThat(published.swaps(step)).isEqualTo(swaps);
    }

    @Test
    void thePublishedSelectionNeverSeesTheLastUpdates() {
        assertThat(measured(new DetectorSettings(5, 1000, 500, 3, 0.99, true)))
                .containsExactly(1, 501);
        assertThat(measured(new DetectorSettings(5, 1000, 500, 3, 0.99, false)))
                .containsExactly(500, 1000);
        assertThat(measured(new DetectorSettings(5, 700, 500, 3, 0.99, false)))
                .containsExactly(500, 700);
    }

    private static List<Integer> measured(DetectorSettings settings) {
        return IntStream.rangeClosed(1, settings.steps())
                .filter(settings::isMeasured)
                .boxed()
                .toList();
    }

    @Test
    void threeOfFiveSureDetectorsMakeASampleAligned() {
        float[] p = {0.995f, 0.995f, 0.98f, 0.995f, 0.5f};
        assertThat(new Votes(FloatTensor.of(p, 5, 1), 0.99, 3).isAligned(0)).isTrue();
        assertThat(new Votes(FloatTensor.of(p, 5, 1), 0.99, 4).isAligned(0)).isFalse();
        // strictly more than the threshold
        assertThat(new Votes(FloatTensor.of(new float[] {0.99f}, 1, 1), 0.99, 1).votes(0)).isZero();
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new DetectorSettings(5, 10, 5, 6, 0.9, false))
                .hasMessage("detector_agreement: 6 (expected: 1 to 5)");
        assertThatThrownBy(() -> new DetectorSettings(5, 10, 5, 3, 1, false))
                .hasMessage("detector_threshold: 1.0 (expected: in [0, 1))");
        assertThatThrownBy(() -> new DetectorSettings(0, 10, 5, 3, 0.9, false))
                .hasMessageContaining("expected: all at least 1");
    }

    @Test
    void permutationsHoldEverySampleOnceAndDependOnTheStep() {
        int[] first = Permutations.of(3, 7, 50);
        int[] again = Permutations.of(3, 7, 50);
        int[] later = Permutations.of(3, 8, 50);
        assertThat(again).isEqualTo(first);
        assertThat(later).isNotEqualTo(first);
        assertThat(Arrays.stream(first).sorted().toArray())
                .isEqualTo(IntStream.range(0, 50).toArray());
    }
}
