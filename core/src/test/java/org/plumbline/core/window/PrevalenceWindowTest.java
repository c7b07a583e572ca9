package org.plumbline.core.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.SplittableRandom;
import java.util.stream.LongStream;

class PrevalenceWindowTest {
    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    /** The latest samples, as many as the window says, counted by hand. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theShareIsThatOfTheLatestInputs(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int capacity = random.nextInt(1, 100);
        PrevalenceWindow window = new PrevalenceWindow(capacity);
        boolean[] stream = new boolean[random.nextInt(1, 400)];
        int total = 0;
        for (int i = 0; i < stream.length; i++) {
            stream[i] = random.nextInt(3) == 0;
            total += stream[i] ? 1 : 0;
            window.add(stream[i]);
        }
        PrevalenceSnapshot now = window.snapshot();
        assertThat(now.totalSamples()).isEqualTo(stream.length);
        assertThat(now.totalPresent()).isEqualTo(total);
        assertThat(now.samples()).isBetween(1L, (long) capacity);
        if (stream.length >= capacity) {
            assertThat(now.samples()).isGreaterThan(3L * capacity / 4 - 2);
        }
        int latest = 0;
        for (int i = stream.length - (int) now.samples(); i < stream.length; i++) {
            latest += stream[i] ? 1 : 0;
        }
        assertThat(now.share()).isEqualTo((double) latest / now.samples());
    }

    @Test
    void anEmptyWindowKnowsNothing() {
        assertThat(new PrevalenceWindow(1).snapshot().share()).isNaN();
        assertThatThrownBy(() -> new PrevalenceWindow(0)).hasMessageContaining("capacity");
    }
}
