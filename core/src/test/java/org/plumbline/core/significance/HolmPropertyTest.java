package org.plumbline.core.significance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

class HolmPropertyTest {
    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    /** A hypothesis falls in the closed Bonferroni procedure if every set with it does. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theCorrectionIsTheClosureOfBonferroni(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] p = random.doubles(random.nextInt(1, 8)).map(x -> x * x).toArray();
        double[] expected = new double[p.length];
        for (int set = 1; set < 1 << p.length; set++) {
            double smallest = 1;
            for (int i = 0; i < p.length; i++) {
                smallest = (set >> i & 1) == 1 ? Math.min(smallest, p[i]) : smallest;
            }
            for (int i = 0; i < p.length; i++) {
                if ((set >> i & 1) == 1) {
                    double bonferroni = Math.min(1, Integer.bitCount(set) * smallest);
                    expected[i] = Math.max(expected[i], bonferroni);
                }
            }
        }
        assertThat(Holm.correct(p)).containsExactly(expected, within(1e-12));
    }

    @Test
    void testsWithoutDataCountInTheFamily() {
        double[] padded = new double[10];
        Arrays.fill(padded, 1);
        padded[0] = 0.01;
        padded[1] = 0.004;
        assertThat(Holm.correct(new double[] {0.01, 0.004}, 10))
                .containsExactly(Arrays.copyOf(Holm.correct(padded), 2), within(1e-15));
        assertThat(Holm.correct(new double[0])).isEmpty();
    }

    @Test
    void whatIsNoPValueIsRefused() {
        assertThatThrownBy(() -> Holm.correct(new double[] {0.1, Double.NaN}))
                .hasMessageContaining("p-value");
        assertThatThrownBy(() -> Holm.correct(new double[] {0.1, 0.2}, 1))
                .hasMessageContaining("family");
    }
}
