package org.plumbline.core.significance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.SplittableRandom;

class TwoSampleTestsTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theExactRankTestCountsTheArrangements(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] all = random.doubles(9).toArray();
        double[] first = Arrays.copyOfRange(all, 0, 4);
        double[] second = Arrays.copyOfRange(all, 4, 9);
        double observed = u(first, second);
        int asExtreme = 0;
        int arrangements = 0;
        for (int mask = 0; mask < 1 << 9; mask++) {
            if (Integer.bitCount(mask) == 4) {
                arrangements++;
                double[][] split = split(all, mask);
                double away = Math.abs(u(split[0], split[1]) - 10);
                asExtreme += away >= Math.abs(observed - 10) ? 1 : 0;
            }
        }

        MannWhitneyTest test = MannWhitneyTest.exact(first, second);

        assertThat(test.u()).isEqualTo(observed);
        assertThat(test.pValue()).isCloseTo((double) asExtreme / arrangements, within(1e-12));
        assertThat(EffectSize.of(first, second).cliffsDelta())
                .isCloseTo(observed / 10 - 1, within(1e-12));
    }

    private static double[][] split(double[] all, int mask) {
        double[] in = new double[4];
        double[] out = new double[5];
        int i = 0;
        int o = 0;
        for (int k = 0; k < all.length; k++) {
            if ((mask >> k & 1) == 1) {
                in[i++] = all[k];
            } else {
                out[o++] = all[k];
            }
        }
        return new double[][] {in, out};
    }

    private static double u(double[] first, double[] second) {
        double u = 0;
        for (double a : first) {
            for (double b : second) {
                u += a > b ? 1 : a == b ? 0.5 : 0;
            }
        }
        return u;
    }

    @Test
    void samplesWithoutSpreadHaveAnAnswer() {
        double[] ones = {1, 1, 1};
        double[] twos = {2, 2};
        assertThat(StudentTest.welch(ones, ones).pValue()).isEqualTo(1);
        assertThat(StudentTest.pooled(ones, twos))
                .isEqualTo(new StudentTest(Double.NEGATIVE_INFINITY, 3, 0));
        assertThat(StudentTest.oneSample(ones, 1).pValue()).isEqualTo(1);
        assertThat(StudentTest.ofOne(3, ones).t()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(MannWhitneyTest.asymptotic(ones, ones).pValue()).isEqualTo(1);
        assertThat(EffectSize.of(ones, ones)).isEqualTo(new EffectSize(0, 0, 0));
    }

    @Test
    void oneValueAgainstASampleIsThePooledTestOfASampleOfOne() {
        double[] sample = {0.1, 0.4, 0.2, 0.9, -0.3};
        // a single value adds nothing to the pooled variance; the distances add up as 1 + 1/5
        double mean = 0.26;
        double deviation = Math.sqrt((0.0256 + 0.0196 + 0.0036 + 0.4096 + 0.3136) / 4);
        StudentTest test = StudentTest.ofOne(2, sample);
        assertThat(test.t()).isCloseTo((2 - mean) / deviation / Math.sqrt(1.2), within(1e-12));
        assertThat(test.degreesOfFreedom()).isEqualTo(4);
        assertThat(StudentTest.ofOne(mean, sample).pValue()).isCloseTo(1, within(1e-12));
        EffectSize effect = EffectSize.of(new double[] {2}, sample);
        assertThat(effect.cohensD()).isCloseTo((2 - mean) / deviation, within(1e-12));
        assertThat(effect.cliffsDelta()).isEqualTo(1);
    }

    @Test
    void whatCannotBeTestedIsRefused() {
        double[] one = {1};
        double[] two = {1, 2};
        assertThatThrownBy(() -> StudentTest.welch(one, two)).hasMessageContaining("1 values");
        assertThatThrownBy(() -> MannWhitneyTest.exact(two, two)).hasMessageContaining("ties");
        assertThatThrownBy(() -> MannWhitneyTest.asymptotic(new double[0], two))
                .hasMessageContaining("0 values");
    }

    /** Quantiles of the t distribution from tables: 2.042 leaves 5 % at 30 degrees of freedom. */
    @Test
    void aSampleFromFewExamplesHasTheirDegreesOfFreedom() {
        double[] sample = new double[61];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = i % 2 == 0 ? 1 : -1;
        }
        double mean = EffectSize.mean(sample);
        double spread = EffectSize.deviation(sample) * Math.sqrt(1 + 1.0 / 61);
        double value = mean + 2.042 * spread;
        StudentTest few = StudentTest.ofOne(value, sample, 60); // 1 / (1/60 + 1/60)
        assertThat(few.degreesOfFreedom()).isCloseTo(30, within(1e-9));
        assertThat(few.pValue()).isCloseTo(0.05, within(1e-4));
        assertThat(StudentTest.ofOne(value, sample).degreesOfFreedom()).isEqualTo(60);
        assertThat(StudentTest.ofOne(value, sample).pValue()).isLessThan(0.0456);
        assertThatThrownBy(() -> StudentTest.ofOne(value, sample, 0.5))
                .hasMessageContaining("degrees");
    }
}
