package org.plumbline.core.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.window.MeanEstimate;
import org.plumbline.core.window.MeanTally;

import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

class DriftDetectorTest {
    /** A mean known to within 1e-4 of the range: the detector's own error is all there is. */
    private static Baseline sure(double low, double high, double mean) {
        long n = 1L << 40;
        double variance = (high - mean) * (mean - low);
        return new Baseline(new MeanEstimate(low, high, n, 0, mean * n, variance * n), 1e-3);
    }

    /**
     * 200 streams of 100,000 samples each, a concept's prevalence: alarms in at most nominal 0.05,
     * 10 streams, plus three standard errors, 9. The stream sits on the edge of the baseline's
     * bounds, the worst case.
     */
    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.5, 0.95})
    void withoutChangeItAlarmsNoMoreOftenThanStated(double prevalence) {
        Baseline baseline = sure(0, 1, prevalence);
        double edge = baseline.bounds().upper();
        int alarms = 0;
        for (int run = 0; run < 200; run++) {
            SplittableRandom random = new SplittableRandom(run);
            DriftDetector detector = new DriftDetector(baseline, 0.05);
            alarms += alarms(detector, () -> random.nextDouble() < edge ? 1 : 0) ? 1 : 0;
        }
        assertThat(alarms).isLessThanOrEqualTo(19);
    }

    /** 100 streams, each with its own baseline of 500 samples: at most 0.05, 5, plus 6.5. */
    @Test
    void aBaselineOfFewSamplesKeepsTheLevel() {
        int alarms = 0;
        for (int run = 0; run < 100; run++) {
            SplittableRandom random = new SplittableRandom(run);
            MeanTally tally = new MeanTally(-5, 5);
            for (int i = 0; i < 500; i++) {
                tally.add(random.nextGaussian() * Math.exp(random.nextDouble()));
            }
            DriftDetector detector = new DriftDetector(new Baseline(tally.estimate(), 0.02), 0.03);
            alarms +=
                    alarms(detector, () -> random.nextGaussian() * Math.exp(random.nextDouble()))
                            ? 1
                            : 0;
        }
        assertThat(alarms).isLessThanOrEqualTo(11);
    }

    private static boolean alarms(DriftDetector detector, DoubleSupplier stream) {
        for (int i = 0; i < 100_000; i++) {
            if (detector.add(stream.getAsDouble())) {
                return true;
            }
        }
        return false;
    }

    @Test
    void theEvidenceIsTheWeightedSumOfTheBetsOfEveryStart() {
        Baseline baseline = sure(-2, 3, 0.5);
        DriftDetector detector = new DriftDetector(baseline, 1e-9);
        SplittableRandom random = new SplittableRandom(4);
        double[] values = new double[60];
        for (int t = 0; t < values.length; t++) {
            values[t] = random.nextDouble(-3, 4);
            detector.add(values[t]);
        }
        double upper = baseline.bounds().upper();
        double lower = baseline.bounds().lower();
        double sum = 0;
        for (int k = 1; k <= 6; k++) {
            double rose = Math.pow(0.5, k) / (upper + 2);
            double fell = Math.pow(0.5, k) / (3 - lower);
            for (int j = 0; j < values.length; j++) {
                double up = 1;
                double down = 1;
                for (int t = j; t < values.length; t++) {
                    double x = Math.min(3, Math.max(-2, values[t]));
                    up *= 1 + rose * (x - upper);
                    down *= 1 + fell * (lower - x);
                }
                double weight = 1 / (1 + Math.log(j + 1)) - 1 / (1 + Math.log(j + 2));
                sum += weight * (up + down) / 12;
            }
        }
        assertThat(detector.evidence()).isCloseTo(sum, within(1e-9));
        assertThat(detector.pValue()).isCloseTo(Math.min(1, 1 / sum), within(1e-9));
        assertThat(detector.samples()).isEqualTo(60);
    }

    @Test
    void aLateChangeIsFoundInEitherDirectionAndTheAlarmStays() {
        for (int sign : new int[] {-1, 1}) {
            SplittableRandom random = new SplittableRandom(9);
            MeanTally tally = new MeanTally(-5, 5);
            for (int i = 0; i < 5000; i++) {
                tally.add(random.nextGaussian());
            }
            DriftDetector detector =
                    new DriftDetector(new Baseline(tally.estimate(), 0.005), 0.005);
            for (int i = 0; i < 50_000; i++) {
                assertThat(detector.add(random.nextGaussian())).isFalse();
            }
            for (int i = 0; i < 1000; i++) {
                detector.add(random.nextGaussian() + 0.5 * sign);
            }
            // measured 260 to 300; half a deviation in 50,000 samples is found within 1,000
            assertThat(detector.alarm().orElseThrow()).isBetween(50_001L, 51_000L);
            assertThat(detector.rising()).isEqualTo(sign > 0);
            double evidence = detector.evidence();
            assertThat(detector.add(0)).isTrue();
            assertThat(detector.evidence()).isEqualTo(evidence);
        }
    }

    @Test
    void anInputCarriesAConceptWhereItIsNearerToTheExamplesWithIt() {
        ConceptPresence rising = new ConceptPresence(-1, 3);
        assertThat(rising.of(0.9)).isZero();
        assertThat(rising.of(1.1)).isEqualTo(1);
        ConceptPresence falling = new ConceptPresence(3, -1);
        assertThat(falling.of(0.9)).isEqualTo(1);
        assertThat(falling.of(100)).isZero();
        assertThatThrownBy(() -> new ConceptPresence(1, 1)).hasMessageContaining("different");
    }

    @Test
    void aBaselineSurvivesJson() throws Exception {
        Baseline baseline = sure(0, 1, 0.25);
        ObjectMapper mapper = new ObjectMapper();
        String json = mapper.writeValueAsString(baseline);
        assertThat(mapper.readValue(json, Baseline.class)).isEqualTo(baseline);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        MeanEstimate empty = new MeanTally(0, 1).estimate();
        assertThatThrownBy(() -> new Baseline(empty, 0.01)).hasMessageContaining("no samples");
        MeanEstimate one = new MeanEstimate(0, 1, 1, 0, 1, 0.25);
        assertThatThrownBy(() -> new Baseline(one, 0)).hasMessageContaining("error");
        Baseline baseline = new Baseline(one, 0.01);
        assertThatThrownBy(() -> new DriftDetector(baseline, 1)).hasMessageContaining("error");
        DriftDetector detector = new DriftDetector(baseline, 0.1);
        assertThatThrownBy(() -> detector.add(Double.NaN)).hasMessageContaining("NaN");
        assertThat(detector.alarm()).isEmpty();
    }
}
