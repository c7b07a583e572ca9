package org.plumbline.core.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.fairwashing.HonestModels.Moments;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.significance.StudentTest;
import org.plumbline.core.tensor.DenseVector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

class HonestyCheckTest {
    private static final Signal SIGNAL =
            new Signal(Detector.RESEMBLANCE, ExplanationMethod.GRADIENT);
    private static final int DEGREES = 6;
    private static final double NOISE = 0.3; // between inputs

    /**
     * Honest models differ by normal deviations from their twins; margins are measured on seven of
     * them, and the inputs are drawn anew. 4000 trials: three standard errors at 0.05 are 0.0103,
     * at 0.01 0.0047. The margin's root mean square has seven squares and is credited with six
     * degrees, so the test is a little cautious.
     */
    @ParameterizedTest(name = "{0} twins")
    @ValueSource(ints = {0, 1, 3})
    void pValuesOfHonestModelsAreUniform(int twins) {
        SplittableRandom random = new SplittableRandom(42 + twins);
        int trials = 4000;
        int below5 = 0;
        int below1 = 0;
        for (int i = 0; i < trials; i++) {
            double p = honestTrial(random, twins);
            below5 += p <= 0.05 ? 1 : 0;
            below1 += p <= 0.01 ? 1 : 0;
        }
        assertThat((double) below5 / trials).isBetween(0.02, 0.0603);
        assertThat((double) below1 / trials).isBetween(0.001, 0.0147);
    }

    private static double honestTrial(SplittableRandom random, int twins) {
        double between = 0.05;
        double architecture = twins == 0 ? 0 : random.nextGaussian(); // twins share it
        Margin margin = margin(random, between, Math.max(1, twins), twins == 0);
        List<Moments> models = new ArrayList<>();
        for (int k = 0; k < twins; k++) {
            models.add(moments(random, architecture + between * random.nextGaussian(), 200));
        }
        double own = architecture + between * random.nextGaussian();
        return HonestNull.of(margin, models)
                .pValue(moments(random, own, 200), false, random.nextBoolean());
    }

    /** Measures a margin as is done: deviations from the mean of as many twins, seven times. */
    private static Margin margin(
            SplittableRandom random, double between, int twins, boolean population) {
        double[] values = new double[DEGREES + 1];
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = between * random.nextGaussian();
            double mean = 0;
            for (int k = 0; k < twins; k++) {
                mean += between * random.nextGaussian() / twins;
            }
            squares += Math.pow(values[i] - mean, 2) / (1 + 1.0 / twins);
        }
        double mean = 0;
        double spread = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        for (double value : values) {
            spread += (value - mean) * (value - mean) / DEGREES;
        }
        return new Margin(
                population ? mean : 0,
                Math.sqrt(spread),
                Math.sqrt(squares / values.length),
                DEGREES);
    }

    private static Moments moments(SplittableRandom random, double mean, int inputs) {
        return new Moments(mean + NOISE / Math.sqrt(inputs) * random.nextGaussian(), NOISE, inputs);
    }

    @Test
    void withoutTwinsItIsThePredictionOfOneMoreModelOfThePopulation() {
        double[] population = {0.1, 0.4, 0.2, 0.35, 0.3, 0.15, 0.25};
        StudentTest oracle = StudentTest.ofOne(0.6, population);
        double spread = Math.sqrt(0.07 / 6); // squares about 0.25 sum to 0.07
        Margin margin = new Margin(0.25, spread, 1, DEGREES);
        double p = HonestNull.of(margin, List.of()).pValue(new Moments(0.6, 0, 200), true, true);
        assertThat(p).isCloseTo(oracle.pValue(), within(1e-9));
    }

    @Test
    void twinsShareTheirVarianceWithTheMarginAsSmythSays() {
        Margin margin = new Margin(0, 1, 0.2, 4);
        List<Moments> twins =
                List.of(new Moments(1, 0, 9), new Moments(2, 0, 9), new Moments(3, 0, 9));
        HonestNull actual = HonestNull.of(margin, twins);
        assertThat(actual.expected()).isEqualTo(2);
        assertThat(actual.degrees()).isEqualTo(6);
        assertThat(actual.variance()).isCloseTo((4 * 0.04 + 2) / 6 * (1 + 1 / 3.), within(1e-12));
    }

    @Test
    void otherInputsAddTheNoiseOfDrawingThem() {
        HonestNull honest =
                HonestNull.of(new Margin(0, 1, 0.1, 5), List.of(new Moments(0, 0.2, 100)));
        Moments reading = new Moments(0, 0.4, 50);
        assertThat(honest.error(reading, true)).isCloseTo(0.1 * Math.sqrt(2), within(1e-12));
        assertThat(honest.error(reading, false))
                .isCloseTo(Math.sqrt(0.02 + 0.16 * (1 / 50. + 1 / 100.)), within(1e-12));
    }

    @Test
    void oneLoudSignalMakesAModelSuspectAndIsNamed() {
        Signal quiet = new Signal(Detector.REMOVAL, ExplanationMethod.GRADIENT);
        Margins margins =
                new Margins(
                        Map.of(
                                SIGNAL, new Margin(0, 0.1, 0.1, 10),
                                quiet, new Margin(0, 0.1, 0.1, 10)));
        HonestyCheck check = new HonestyCheck(margins, HonestModels.none(), 0.01);
        FairwashingVerdict loud = check.judge(List.of(reading(SIGNAL, 1), reading(quiet, 0)), true);
        assertThat(loud.suspect()).isTrue();
        assertThat(loud.spoke()).extracting(FairwashingVerdict.Tested::signal).containsOnly(SIGNAL);
        assertThat(check.judge(List.of(reading(SIGNAL, 0), reading(quiet, 0)), true).label())
                .isEqualTo("clean");
    }

    @Test
    void fewInputsAndUnknownSignalsAreLeftOut() {
        Margins margins = new Margins(Map.of(SIGNAL, new Margin(0, 0.1, 0.1, 10)));
        HonestyCheck check = new HonestyCheck(margins, HonestModels.none(), 0.01);
        SignalReading few = new SignalReading(SIGNAL, DenseVector.copyOf(9f, 9f, Float.NaN));
        Signal unknown = new Signal(Detector.METHODS, ExplanationMethod.LRP);
        FairwashingVerdict verdict = check.judge(List.of(few, reading(unknown, 5)), true);
        assertThat(verdict.tested()).isEmpty();
        assertThat(verdict.pValue()).isEqualTo(1);
    }

    @Test
    void theLoudestInputsAreThoseWithTheLargestValues() {
        SignalReading reading =
                new SignalReading(SIGNAL, DenseVector.copyOf(1f, 5f, Float.NaN, 3f));
        assertThat(reading.loudest(2)).containsExactly(1, 3);
        assertThat(reading.mean()).isEqualTo(3);
        assertThat(reading.deviation()).isEqualTo(2);
    }

    @Test
    void aLatchNeedsTwoWindowsInARow() {
        VerdictLatch latch = new VerdictLatch();
        assertThat(latch.update(verdict(0.001))).isFalse();
        assertThat(latch.update(verdict(0.5))).isFalse();
        assertThat(latch.update(verdict(0.001))).isFalse();
        assertThat(latch.update(verdict(0.001))).isTrue();
        assertThat(latch.suspect()).isTrue();
        assertThat(latch.update(verdict(0.5))).isFalse();
        assertThat(latch.update(verdict(0.05))).as("between the thresholds").isFalse();
        assertThat(latch.update(verdict(0.5))).isFalse();
        assertThat(latch.update(verdict(0.5))).isTrue();
        assertThat(latch.suspect()).isFalse();
    }

    @Test
    void everySignalHasAMargin() {
        for (ExplanationMethod method : ExplanationMethod.values()) {
            for (Detector detector : Detector.values()) {
                Signal signal = new Signal(detector, method);
                assertThat(Signal.parse(signal.label())).isEqualTo(signal);
                assertThat(Margins.standard().of(signal)).as(signal.label()).isPresent();
            }
        }
    }

    private static SignalReading reading(Signal signal, float value) {
        float[] values = new float[30];
        Arrays.fill(values, value);
        return new SignalReading(signal, DenseVector.copyOf(values));
    }

    private static FairwashingVerdict verdict(double p) {
        return new FairwashingVerdict(
                List.of(new FairwashingVerdict.Tested(SIGNAL, 0, 0, 1, p, p, 200)), 0.01);
    }
}
