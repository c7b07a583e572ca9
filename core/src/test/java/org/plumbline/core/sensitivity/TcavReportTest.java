package org.plumbline.core.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

class TcavReportTest {
    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyVariantIsThatOfTheClassesSamples(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int n = random.nextInt(1, 25);
        FloatTensor maps = FloatTensor.zeros(n, 2, 3);
        FloatTensor masks = FloatTensor.zeros(n, 2, 3);
        for (int i = 0; i < n * 6; i++) {
            maps.values()[i] = random.nextInt(4) == 0 ? 0 : (float) random.nextGaussian();
            masks.values()[i] = random.nextInt(2);
        }
        int[] targets = random.ints(n, 0, 4).map(k -> 7 * k).toArray();

        TcavReport report = TcavReport.of(maps, targets, Optional.of(masks));

        check(report.overall(), maps, masks, IntStream.range(0, n).toArray());
        assertThat(report.classes()).extracting(TcavReport.OfClass::target).isSorted();
        for (TcavReport.OfClass one : report.classes()) {
            int[] rows = IntStream.range(0, n).filter(i -> targets[i] == one.target()).toArray();
            check(one.summary(), maps, masks, rows);
        }
        assertThat(report.classes().stream().mapToInt(c -> c.summary().samples()).sum())
                .isEqualTo(n);
    }

    private static void check(TcavSummary actual, FloatTensor maps, FloatTensor masks, int[] rows) {
        double[] cells = new double[2];
        double[] masked = new double[2];
        double[] samples = new double[2];
        double[] means = new double[rows.length];
        double magnitude = 0;
        for (int k = 0; k < rows.length; k++) {
            double sum = 0;
            for (int p = rows[k] * 6; p < rows[k] * 6 + 6; p++) {
                double s = maps.values()[p];
                sum += s;
                magnitude += Math.abs(s) / rows.length / 6;
                if (s != 0) {
                    cells[s > 0 ? 1 : 0]++;
                    masked[s > 0 ? 1 : 0] += masks.values()[p];
                }
            }
            means[k] = sum / 6;
            if (sum != 0) {
                samples[sum > 0 ? 1 : 0]++;
            }
        }
        double mean = 0;
        for (double value : means) {
            mean += value / means.length;
        }
        double squares = 0;
        for (double value : means) {
            squares += (value - mean) * (value - mean);
        }
        double error =
                means.length < 2 ? 0 : Math.sqrt(squares / (means.length - 1) / means.length);
        assertThat(actual.metrics().quotient()).isCloseTo(share(cells), within(1e-12));
        assertThat(actual.metrics().meanQuotient()).isCloseTo(share(samples), within(1e-12));
        assertThat(actual.maskedQuotient().orElseThrow())
                .isCloseTo(masked[1] / (masked[0] + masked[1] + 1e-10), within(1e-9));
        assertThat(actual.magnitude()).isCloseTo(magnitude, within(1e-12));
        assertThat(actual.sensitivity()).isCloseTo(mean, within(1e-12));
        assertThat(actual.sensitivityStandardError()).isCloseTo(error, within(1e-12));
    }

    private static double share(double[] counts) {
        return counts[0] + counts[1] == 0 ? 0.5 : counts[1] / (counts[0] + counts[1]);
    }

    @Test
    void withoutMasksThereIsNoMaskedQuotientAndSizesMustFit() {
        FloatTensor maps = FloatTensor.zeros(2, 1, 1);
        assertThat(
                        TcavReport.of(maps, new int[] {1, 1}, Optional.empty())
                                .overall()
                                .maskedQuotient())
                .isEmpty();
        assertThatThrownBy(() -> TcavReport.of(maps, new int[] {1}, Optional.empty()))
                .hasMessageContaining("targets: 1");
        assertThatThrownBy(() -> TcavSummary.of(maps, FloatTensor.zeros(2, 2, 1)))
                .hasMessageContaining("masks");
    }
}
