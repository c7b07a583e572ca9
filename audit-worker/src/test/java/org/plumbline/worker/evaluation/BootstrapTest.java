package org.plumbline.worker.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

class BootstrapTest {
    private static double mean(double[] values, int... rows) {
        return Arrays.stream(rows).mapToDouble(i -> values[i]).average().orElse(Double.NaN);
    }

    @Test
    void theIntervalOfAMeanIsNearTheNormalOne() {
        SplittableRandom random = new SplittableRandom(3);
        double[] values = random.doubles(400).toArray();
        Bootstrap.Interval interval = Bootstrap.STANDARD.over(400, rows -> mean(values, rows));
        double centre = Arrays.stream(values).average().orElseThrow();
        double error = Math.sqrt(1 / 12.0 / 400); // of a uniform variable
        // 1,000 resamples place a 2.5 % quantile within about a tenth of an error
        assertThat(interval.lower()).isCloseTo(centre - 1.96 * error, within(0.25 * error));
        assertThat(interval.upper()).isCloseTo(centre + 1.96 * error, within(0.25 * error));
        assertThat(Bootstrap.STANDARD.over(400, rows -> mean(values, rows))).isEqualTo(interval);
    }

    @Test
    void strataKeepTheirSizes() {
        int[] first = {0, 1, 2};
        int[] second = IntStream.range(3, 10).toArray();
        Bootstrap.STANDARD.overStrata(
                List.of(first, second),
                rows -> {
                    assertThat(Arrays.stream(rows, 0, 3).allMatch(i -> i < 3)).isTrue();
                    assertThat(Arrays.stream(rows, 3, 10).allMatch(i -> i >= 3)).isTrue();
                    return rows.length;
                });
    }

    @Test
    void withoutRowsThereIsNoInterval() {
        assertThat(Bootstrap.STANDARD.over(0, rows -> 1).lower()).isNaN();
        assertThatThrownBy(() -> Bootstrap.STANDARD.with(3))
                .hasMessage("resamples: 3 (expected: at least 20)");
    }
}
