package org.plumbline.core.significance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.plumbline.core.cav.SignalCav;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

class RandomCavsTest {
    @Test
    void everyRandomCavIsTheSignalCavOfSomeSplit() {
        FloatTensor activations = activations(new SplittableRandom(3), 6, 4);
        FloatTensor cavs = RandomCavs.ofSplits(activations, 2, 3, 50, 1).directions();
        for (int r = 0; r < cavs.rows(); r++) {
            assertThat(isSplit(activations, cavs.row(r))).isTrue();
        }
    }

    /** Tries every assignment of "with", "without" and "left out" to the 6 examples. */
    private static boolean isSplit(FloatTensor activations, DenseVector cav) {
        for (int code = 0; code < 729; code++) {
            int[] part = new int[6];
            int[] sizes = new int[3];
            for (int i = 0, rest = code; i < 6; i++, rest /= 3) {
                part[i] = rest % 3;
                sizes[part[i]]++;
            }
            if (sizes[1] == 2 && sizes[0] == 3) {
                int[] rows = IntStream.range(0, 6).filter(i -> part[i] < 2).toArray();
                long[] labels = Arrays.stream(rows).mapToLong(i -> part[i]).toArray();
                DenseVector split = SignalCav.fit(activations.rows(rows), labels);
                if (split.dot(cav) > 1 - 1e-6) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void sensitivitiesAreTheInnerProducts() {
        RandomCavs cavs =
                RandomCavs.ofSplits(activations(new SplittableRandom(5), 40, 7), 20, 20, 33, 9);
        DenseVector gradient = activations(new SplittableRandom(6), 1, 7).row(0);
        float[] sensitivities = cavs.sensitivities(gradient);
        FloatTensor directions = cavs.directions();
        assertThat(sensitivities).hasSize(33);
        for (int r = 0; r < 33; r++) {
            // 1e-5: float32 sums of 7 products of order 1
            assertThat((double) sensitivities[r])
                    .isCloseTo(directions.row(r).dot(gradient), within(1e-5));
            assertThat(directions.row(r).norm()).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void aSeedFixesThePool() {
        FloatTensor activations = activations(new SplittableRandom(3), 20, 4);
        FloatTensor once = RandomCavs.ofSplits(activations, 8, 8, 10, 1).directions();
        assertThat(RandomCavs.ofSplits(activations, 8, 8, 10, 1).directions().sameValues(once))
                .isTrue();
        assertThat(RandomCavs.ofSplits(activations, 8, 8, 10, 2).directions().sameValues(once))
                .isFalse();
    }

    @Test
    void whatCannotBeSplitIsRefused() {
        FloatTensor two = FloatTensor.of(new float[] {1, 1}, 2, 1);
        assertThatThrownBy(() -> RandomCavs.ofSplits(two, 2, 1, 5, 0))
                .isInstanceOf(AuditException.class)
                .hasMessage("split: 2 and 1 (expected: at least 1 each, at most 2 together)");
        assertThatThrownBy(() -> RandomCavs.ofSplits(two, 1, 1, 5, 0))
                .hasMessageContaining("equal means");
        assertThatThrownBy(() -> RandomCavs.ofSplits(two, 1, 1, 0, 0))
                .hasMessageContaining("count");
        FloatTensor nan = FloatTensor.of(new float[] {Float.NaN, 1}, 2, 1);
        assertThatThrownBy(() -> RandomCavs.ofSplits(nan, 1, 1, 5, 0))
                .hasMessageContaining("not finite");
        RandomCavs cavs = RandomCavs.ofSplits(FloatTensor.of(new float[] {1, 2}, 2, 1), 1, 1, 5, 0);
        assertThatThrownBy(() -> cavs.sensitivities(DenseVector.copyOf(1f, 2f)))
                .hasMessageContaining("gradient: 2");
    }

    static FloatTensor activations(SplittableRandom random, int n, int d) {
        float[] values = new float[n * d];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * (1 + i % d)); // unequal variances
        }
        return FloatTensor.of(values, n, d);
    }
}
