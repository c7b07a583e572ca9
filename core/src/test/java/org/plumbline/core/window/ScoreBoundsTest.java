package org.plumbline.core.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;

class ScoreBoundsTest {

    @Test
    void lookingAfterEverySampleMissesNoMoreOftenThanStated() {
        double error = 0.05;
        int runs = 150;
        for (double truth : new double[] {0.5, 0.9}) {
            int missed = 0;
            for (int run = 0; run < runs; run++) {
                missed += misses(new SplittableRandom(run), truth, error) ? 1 : 0;
            }
            // nominal 0.05 of 150 runs is 7.5; three standard errors are 8
            assertThat(missed).as("truth %s", truth).isLessThanOrEqualTo(15);
        }
    }

    private static boolean misses(SplittableRandom random, double truth, double error) {
        long hits = 0;
        for (int n = 1; n <= 100_000; n++) {
            hits += random.nextDouble() < truth ? 1 : 0;
            // the mixture is at most the largest likelihood ratio: no look needed below the limit
            if (largestLogRatio(hits, n, truth) >= Math.log(1 / error)) {
                ScoreBounds bounds = ScoreBounds.of(hits, n, error);
                if (truth < bounds.lower() || truth > bounds.upper()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static double largestLogRatio(long hits, long n, double truth) {
        double share = (double) hits / n;
        double ratio = hits == 0 ? 0 : hits * Math.log(share / truth);
        return ratio + (hits == n ? 0 : (n - hits) * Math.log((1 - share) / (1 - truth)));
    }

    @Test
    void theEdgesSolveTheMixtureEquation() {
        long s = 30;
        long n = 40;
        ScoreBounds bounds = ScoreBounds.of(s, n, 0.01);
        for (double p : new double[] {bounds.lower(), bounds.upper()}) {
            assertThat(mixture(s, n, p)).isCloseTo(1 / 0.01, within(1e-3));
        }
    }

    /** The average over q of the likelihood ratio of q against p, by the midpoint rule. */
    private static double mixture(long s, long n, double p) {
        int cells = 200_000;
        double sum = 0;
        for (int i = 0; i < cells; i++) {
            double q = (i + 0.5) / cells;
            double log =
                    s * (Math.log(q) - Math.log(p)) + (n - s) * (Math.log1p(-q) - Math.log1p(-p));
            sum += Math.exp(log);
        }
        return sum / cells;
    }

    @Test
    void boundsCloseInOnTheShareAndStayWithinTheUnitInterval() {
        assertThat(ScoreBounds.of(0, 0, 0.01)).isEqualTo(new ScoreBounds(0, 1));
        ScoreBounds all = ScoreBounds.of(50, 50, 0.01);
        assertThat(all.upper()).isEqualTo(1);
        assertThat(all.lower()).isBetween(0.8, 0.9);
        ScoreBounds none = ScoreBounds.of(0, 50, 0.01);
        assertThat(none.lower()).isZero();
        assertThat(none.upper()).isCloseTo(1 - all.lower(), within(1e-9));
        ScoreBounds many = ScoreBounds.of(50_000, 100_000, 0.01);
        assertThat(many.upper() - many.lower()).isLessThan(0.02);
    }
}
