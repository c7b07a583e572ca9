package org.plumbline.core.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;

class MeanEstimateTest {
    /** Streams with mean known after clipping. */
    enum Stream {
        NORMAL {
            @Override
            double draw(SplittableRandom random, long i) {
                return random.nextGaussian();
            }
        },
        /** No mean at all without the clip. */
        CAUCHY {
            @Override
            double draw(SplittableRandom random, long i) {
                return Math.tan(Math.PI * (random.nextDouble() - 0.5));
            }
        },
        /** Skewed, all moments finite and growing fast. */
        LOG_NORMAL {
            @Override
            double draw(SplittableRandom random, long i) {
                return Math.exp(random.nextGaussian()) - Math.exp(0.5);
            }

            @Override
            double clippedMean(double clip) { // E min(e^Z, k) - e^(1/2), k = clip + e^(1/2)
                NormalDistribution normal = NormalDistribution.of(0, 1);
                double k = clip + Math.exp(0.5);
                return Math.exp(0.5) * normal.cumulativeProbability(Math.log(k) - 1)
                        + k * normal.survivalProbability(Math.log(k))
                        - Math.exp(0.5);
            }
        },
        /** A variance that changes with time by a factor of 100. */
        HETEROSCEDASTIC {
            @Override
            double draw(SplittableRandom random, long i) {
                return random.nextGaussian() * (i / 1000 % 2 == 0 ? 0.1 : 1);
            }
        };

        abstract double draw(SplittableRandom random, long i);

        double clippedMean(double clip) {
            return 0;
        }
    }

    /**
     * 200 streams of 100,000 samples, looked at after each: the share of streams whose bounds ever
     * miss is at most nominal, 0.05 or 10 streams, plus three standard errors, 9.
     */
    @ParameterizedTest
    @EnumSource(Stream.class)
    void lookingAfterEverySampleMissesNoMoreOftenThanStated(Stream stream) {
        int missed = 0;
        for (int run = 0; run < 200; run++) {
            missed += misses(stream, new SplittableRandom(run), 0.05) ? 1 : 0;
        }
        assertThat(missed).isLessThanOrEqualTo(19);
    }

    private static boolean misses(Stream stream, SplittableRandom random, double error) {
        SensitivityTally tally = SensitivityTally.warmingUp();
        int i = 0;
        while (tally.estimate().isEmpty()) {
            tally.add(stream.draw(random, i++));
        }
        double clip = tally.estimate().orElseThrow().high();
        double truth = stream.clippedMean(clip);
        double sum = 0;
        double variation = 0;
        for (int n = 0; n < 100_000; n++) {
            double x = Math.min(clip, Math.max(-clip, stream.draw(random, i++)));
            double away = x - (n == 0 ? 0 : sum / n);
            variation += away * away;
            sum += x;
            double s = sum - (n + 1) * truth;
            // psi(l) >= l^2 / 2, so that log M <= s^2 / 2v: no look needed below the limit
            if (s * s >= 2 * variation * Math.log(2 / error)) {
                MeanEstimate estimate = new MeanEstimate(-clip, clip, n + 1, 0, sum, variation);
                if (estimate.bounds(error).exclude(truth)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void aTallyIsThePlainSums() {
        SplittableRandom random = new SplittableRandom(7);
        MeanTally tally = new MeanTally(-1, 1.5);
        double sum = 0;
        double variation = 0;
        int clipped = 0;
        for (int n = 0; n < 500; n++) {
            double value = random.nextGaussian();
            tally.add(value);
            double x = value < -1 ? -1 : value > 1.5 ? 1.5 : value;
            clipped += x == value ? 0 : 1;
            variation += Math.pow(x - (n == 0 ? 0.25 : sum / n), 2);
            sum += x;
        }
        MeanEstimate estimate = tally.estimate();
        assertThat(estimate.samples()).isEqualTo(500);
        assertThat(estimate.mean()).isCloseTo(sum / 500, within(1e-12));
        assertThat(estimate.variation()).isCloseTo(variation, within(1e-9));
        assertThat(estimate.clippedShare()).isEqualTo(clipped / 500.0);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void replicasAddUpInAnyOrder(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MeanTally[] replicas = {new MeanTally(-2, 2), new MeanTally(-2, 2), new MeanTally(-2, 2)};
        for (int i = 0; i < 1000; i++) {
            replicas[random.nextInt(3)].add(random.nextGaussian() + 0.5);
        }
        MeanEstimate a = replicas[0].estimate();
        MeanEstimate b = replicas[1].estimate();
        MeanEstimate c = replicas[2].estimate();

        MeanEstimate left = a.plus(b).plus(c);
        MeanEstimate right = c.plus(b.plus(a));

        assertThat(left.samples()).isEqualTo(1000);
        assertThat(left.mean()).isCloseTo(right.mean(), within(1e-12));
        assertThat(left.bounds(0.01).lower()).isCloseTo(right.bounds(0.01).lower(), within(1e-9));
        assertThat(left.mean()).isCloseTo((a.sum() + b.sum() + c.sum()) / 1000, within(1e-12));
        MeanBounds alone = a.bounds(0.01);
        MeanBounds pooled = left.bounds(0.01);
        assertThat(pooled.upper() - pooled.lower()).isLessThan(alone.upper() - alone.lower());
    }

    @ParameterizedTest
    @CsvSource({"1, 0.1", "5, 2", "12, 20", "60, 300", "400, 9000", "-3, 40"})
    void theMixtureIsTheAverageOfTheExponentials(double s, double v) {
        double scale = 1.5;
        GammaExponentialMixture mixture = new GammaExponentialMixture(scale, 30, 0.01);
        assertThat(Math.exp(mixture.log(s, v)))
                .isCloseTo(
                        average(s, v, scale, 30, 0.01), within(1e-3 * Math.exp(mixture.log(s, v))));
    }

    /** Midpoint rule over y = 1 - c l of a gamma density cut at 1. */
    private static double average(double s, double v, double c, double tightest, double error) {
        double log = Math.log(1 / error);
        double k = tightest / (2 * log + Math.log(1 + 2 * log)) / (c * c);
        int cells = 400_000;
        double top = 0;
        double bottom = 0;
        for (int i = 0; i < cells; i++) {
            double y = (i + 0.5) / cells;
            double density = Math.pow(y, k - 1) * Math.exp(-k * y);
            double rate = (1 - y) / c;
            double psi = (-Math.log(y) - c * rate) / (c * c);
            top += density * Math.exp(rate * s - psi * v);
            bottom += density;
        }
        return top / bottom;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-9, 0.3, 40, 1e4, 1e8})
    void theBoundSolvesTheEquation(double v) {
        GammaExponentialMixture mixture = new GammaExponentialMixture(1, 40, 0.005);
        double limit = Math.log(200);
        double s = mixture.bound(v, limit);
        // from above, and within what a relative 1e-8 of s makes of the steepest slope, 1
        assertThat(mixture.log(s, v) - limit).isBetween(-1e-9, 1e-8 * s);
    }

    @Test
    void withoutSamplesTheBoundsAreTheRange() {
        assertThat(new MeanTally(0, 1).estimate().bounds(0.01)).isEqualTo(new MeanBounds(0, 1));
        assertThat(new MeanTally(0, 1).estimate().mean()).isEqualTo(0.5);
    }

    @Test
    void aModelWithoutSensitivityStaysInWarmUpAndAKnownClipSkipsIt() {
        SensitivityTally silent = SensitivityTally.warmingUp();
        for (int i = 0; i < 1000; i++) {
            silent.add(0);
        }
        assertThat(silent.estimate()).isEmpty();
        assertThat(SensitivityTally.clippedAt(2).estimate().orElseThrow().high()).isEqualTo(2);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> new MeanTally(1, 1)).hasMessageContaining("range");
        assertThatThrownBy(() -> new MeanTally(0, 1).add(Double.NaN)).hasMessageContaining("NaN");
        MeanEstimate unit = new MeanTally(0, 1).estimate();
        MeanEstimate wide = new MeanTally(0, 2).estimate();
        assertThatThrownBy(() -> unit.plus(wide)).hasMessageContaining("0.0 to 1.0");
        assertThatThrownBy(() -> unit.bounds(0)).hasMessageContaining("error");
        assertThatThrownBy(() -> new MeanEstimate(0, 1, -1, 0, 0, 0))
                .hasMessageContaining("samples");
        assertThatThrownBy(() -> new MeanEstimate(0, 1, 1, 0, 0, Double.NaN))
                .hasMessageContaining("sums");
    }
}
