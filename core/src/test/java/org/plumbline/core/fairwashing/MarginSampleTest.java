package org.plumbline.core.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.plumbline.core.fairwashing.HonestModels.Moments;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.model.ExplanationMethod;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class MarginSampleTest {
    private static final Signal SIGNAL = new Signal(Detector.REMOVAL, ExplanationMethod.LRP);

    @Test
    void marginsAreSpreadBetweenModelsAndDeviationFromTwins() {
        List<MarginSample> population =
                List.of(sample(1, 0.5, 0.7), sample(2, 2.2, 2.4), sample(4.5, 4, 4));
        Margin margin = MarginSample.margins(population).of(SIGNAL).orElseThrow();
        assertThat(margin.mean()).isCloseTo(2.5, within(1e-12));
        // (1.5² + 0.5² + 2²) / 2
        assertThat(margin.spread()).isCloseTo(Math.sqrt(6.5 / 2), within(1e-12));
        // (0.4² + 0.3² + 0.5²) / 3, each over 1 + 1/2
        assertThat(margin.deviation()).isCloseTo(Math.sqrt(0.5 / 3 / 1.5), within(1e-12));
        assertThat(margin.degrees()).isEqualTo(2);
    }

    @Test
    void withoutTwinsTheSpreadStandsForTheDeviation() {
        List<MarginSample> population = List.of(sample(1), sample(2), sample(4.5));
        Margin margin = MarginSample.margins(population).of(SIGNAL).orElseThrow();
        assertThat(margin.spread()).isCloseTo(Math.sqrt(6.5 / 2), within(1e-12));
        assertThat(margin.deviation()).isCloseTo(margin.spread(), within(1e-12));
    }

    @Test
    void signalsThatAModelLacksHaveNoMargin() {
        MarginSample without = new MarginSample(Map.of(), HonestModels.none());
        List<MarginSample> population = List.of(sample(1, 1, 2), sample(2, 1, 2), without);
        assertThat(MarginSample.margins(population).of(SIGNAL)).isEmpty();
    }

    @Test
    void twoModelsAreTooFew() {
        List<MarginSample> population = List.of(sample(1, 1, 2), sample(2, 1, 2));
        assertThatThrownBy(() -> MarginSample.margins(population))
                .hasMessage("population: 2 models (expected: at least 3)");
    }

    private static MarginSample sample(double own, double... twins) {
        List<Moments> readings = new ArrayList<>();
        for (double twin : twins) {
            readings.add(new Moments(twin, 0.1, 50));
        }
        return new MarginSample(
                Map.of(SIGNAL, own), new HonestModels(Source.TWINS, 100, Map.of(SIGNAL, readings)));
    }
}
