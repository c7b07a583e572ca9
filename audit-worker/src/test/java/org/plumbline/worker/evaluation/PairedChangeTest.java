package org.plumbline.worker.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.SplittableRandom;
import java.util.stream.LongStream;

class PairedChangeTest {
    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    @ParameterizedTest(name = "{0} rows, {1} worse, {2} better, change {3}")
    @CsvSource({
        "50, 12, 2, -0.10",
        "50, 2, 12, 0.05",
        "100, 5, 5, 0.10",
        "40, 0, 3, -0.05",
        "30, 7, 1, 0.20",
        "200, 40, 31, -0.30"
    })
    void theNuisanceProbabilityMaximisesTheLikelihood(long n, long worse, long better, double d) {
        double best = 0;
        double most = Double.NEGATIVE_INFINITY;
        double from = Math.max(0, -d);
        double to = (1 - d) / 2;
        int steps = 200_000;
        for (int i = 1; i < steps; i++) {
            double q = from + (to - from) * i / steps;
            double likelihood =
                    term(worse, q) + term(better, q + d) + term(n - worse - better, 1 - 2 * q - d);
            if (likelihood > most) {
                most = likelihood;
                best = q;
            }
        }
        // the grid's spacing
        assertThat(PairedChange.lost(n, worse, better, d))
                .isCloseTo(best, within(2 * (to - from) / steps));
    }

    private static double term(long count, double probability) {
        return count == 0 ? 0 : count * Math.log(probability);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void bothEndsLieWhereTheScoreIsTheNormalQuantile(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long n = random.nextLong(5, 3000);
        long worse = random.nextLong(0, n / 2);
        long better = random.nextLong(1, n / 2 + 1);
        PairedChange change = PairedChange.of(n, worse, better);
        assertThat(change.change()).isBetween(change.lower(), change.upper());
        assertThat(PairedChange.score(n, worse, better, change.lower()))
                .isCloseTo(1.959964, within(1e-4));
        if (worse > 0) {
            assertThat(PairedChange.score(n, worse, better, change.upper()))
                    .isCloseTo(-1.959964, within(1e-4));
        }
    }

    @Test
    void withoutAnyChangeTheIntervalIsThatOfNoEventInTheRows() {
        PairedChange same = PairedChange.of(96, 0, 0);
        double z2 = 1.959964 * 1.959964;
        assertThat(same.lower()).isCloseTo(-z2 / (96 + z2), within(1e-6));
        assertThat(same.upper()).isCloseTo(z2 / (96 + z2), within(1e-6));
        assertThat(same.probability()).isEqualTo(1);
    }

    @Test
    void swappingTheModelsMirrorsTheInterval() {
        PairedChange one = PairedChange.of(120, 14, 5);
        PairedChange other = PairedChange.of(120, 5, 14);
        assertThat(one.lower()).isCloseTo(-other.upper(), within(1e-12));
        assertThat(one.upper()).isCloseTo(-other.lower(), within(1e-12));
        assertThat(one.probability()).isEqualTo(other.probability());
    }

    @Test
    void theIntervalCoversTheTruthNearlyAsOftenAsItSays() {
        // every outcome of 40 rows, by its probability; Tango reports 94 to 96 %, 93 is our margin
        double q = 0.10;
        double d = -0.04;
        int n = 40;
        double covered = 0;
        for (int worse = 0; worse <= n; worse++) {
            for (int better = 0; worse + better <= n; better++) {
                PairedChange seen = PairedChange.of(n, worse, better);
                if (seen.lower() <= d && d <= seen.upper()) {
                    covered += probability(n, worse, better, q, q + d);
                }
            }
        }
        assertThat(covered).isBetween(0.93, 0.98);
    }

    private static double probability(int n, int a, int b, double q, double p) {
        double log = logFactorial(n) - logFactorial(a) - logFactorial(b) - logFactorial(n - a - b);
        return Math.exp(
                log + a * Math.log(q) + b * Math.log(p) + (n - a - b) * Math.log(1 - q - p));
    }

    private static double logFactorial(int n) {
        double sum = 0;
        for (int i = 2; i <= n; i++) {
            sum += Math.log(i);
        }
        return sum;
    }

    @Test
    void mcNemarIsTheSignTestOfTheChangedRows() {
        // 2 (C(9,0) + C(9,1)) / 2^9
        assertThat(PairedChange.of(1000, 8, 1).probability()).isCloseTo(20 / 512.0, within(1e-12));
        boolean[] before = {true, true, false, false, true};
        boolean[] after = {true, false, true, true, true};
        PairedChange counted = PairedChange.of(before, after, i -> i < 4);
        assertThat(counted.samples()).isEqualTo(4);
        assertThat(counted.worse()).isEqualTo(1);
        assertThat(counted.better()).isEqualTo(2);
    }

    @Test
    void moreChangesThanRowsAreRefused() {
        assertThatThrownBy(() -> PairedChange.of(3, 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("worse, better: 2, 2 (expected: within 3)");
    }
}
