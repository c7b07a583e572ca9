package org.plumbline.core.significance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinomialIntervalTest {
    @ParameterizedTest
    @CsvSource({"3, 17, 0.9", "1, 2, 0.95", "40, 60, 0.99", "999, 1000, 0.95"})
    void theWilsonEdgesAreOneScoreAwayFromTheShare(int s, int n, double confidence) {
        double z = NormalDistribution.of(0, 1).inverseCumulativeProbability((1 + confidence) / 2);
        BinomialInterval interval = BinomialInterval.wilson(s, n, confidence);
        for (double p : new double[] {interval.lower(), interval.upper()}) {
            double score = Math.abs((double) s / n - p) / Math.sqrt(p * (1 - p) / n);
            assertThat(score).isCloseTo(z, within(1e-9));
        }
        BinomialInterval corrected = BinomialInterval.wilsonCorrected(s, n, confidence);
        for (double p : new double[] {corrected.lower(), corrected.upper()}) {
            double score = (Math.abs((double) s / n - p) - 0.5 / n) / Math.sqrt(p * (1 - p) / n);
            assertThat(score).isCloseTo(z, within(1e-9));
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 17, 0.9", "1, 2, 0.95", "40, 60, 0.99", "0, 9, 0.95", "9, 9, 0.95"})
    void theExactEdgesLeaveHalfTheErrorInEachTail(int s, int n, double confidence) {
        BinomialInterval interval = BinomialInterval.clopperPearson(s, n, confidence);
        double tail = (1 - confidence) / 2;
        if (s > 0) {
            assertThat(mass(interval.lower(), n, s, n)).isCloseTo(tail, within(1e-9));
        }
        if (s < n) {
            assertThat(mass(interval.upper(), n, 0, s)).isCloseTo(tail, within(1e-9));
        }
    }

    /** P(from <= X <= to) of a binomial count, term by term. */
    private static double mass(double p, int n, int from, int to) {
        double sum = 0;
        for (int k = from; k <= to; k++) {
            double term = 1;
            for (int i = 0; i < k; i++) {
                term *= (double) (n - i) / (i + 1) * p;
            }
            sum += term * Math.pow(1 - p, n - k);
        }
        return sum;
    }

    @Test
    void withoutTrialsNothingIsKnown() {
        BinomialInterval all = new BinomialInterval(0, 1);
        assertThat(BinomialInterval.wilson(0, 0, 0.95)).isEqualTo(all);
        assertThat(BinomialInterval.wilsonCorrected(0, 0, 0.95)).isEqualTo(all);
        assertThat(BinomialInterval.clopperPearson(0, 0, 0.95)).isEqualTo(all);
        assertThat(BinomialInterval.pValueAgainstHalf(0, 0)).isEqualTo(1);
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        assertThatThrownBy(() -> BinomialInterval.wilson(3, 2, 0.95))
                .hasMessage("successes: 3 (expected: 0 to 2)");
        assertThatThrownBy(() -> BinomialInterval.clopperPearson(1, 2, 1))
                .hasMessageContaining("confidence");
    }
}
