package org.plumbline.plugin.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.window.ConceptSample;
import org.plumbline.core.window.EffectSettings;
import org.plumbline.core.window.WindowSettings;
import org.plumbline.plugin.intercept.AuditEvent;
import org.plumbline.plugin.intercept.SampleReading;
import org.plumbline.plugin.intercept.ServedId;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;

/** Tests behind the windows, on gradients drawn by hand: logit slopes along unit directions. */
class SeriesTestsTest {
    private static final ServedId ID = new ServedId("m", "v");
    private static final LayerPath LAYER = new LayerPath("l");
    private static final ConceptId BIASED = new ConceptId("biased");
    private static final ConceptId CHANCE = new ConceptId("chance");
    private static final int RANDOM = 200;
    private static final int BASELINE = 400;

    private final Kept kept = new Kept();
    private WindowLimits limits =
            new WindowLimits(
                    1,
                    new WindowSettings(100, Optional.empty(), OptionalDouble.empty(), 0.01),
                    EffectSettings.standard(0.01),
                    4,
                    Optional.of(new TestPlan(2, 10, 0.01, BASELINE, 198, kept)),
                    Map.of());
    private final double[] slopes = slopes();
    private int every = 4; // inputs of which one carries the biased concept
    private long fed;

    @Test
    void aBiasedConceptIsSignificantAfterTheFirstLookAndAChanceDirectionIsNot() {
        Windows windows = new Windows(new Silent());
        Random noise = new Random(3);
        feed(windows, noise, 0, 63, 0);
        assertThat(evidence(windows, BIASED).pValue()).isEqualTo(1);
        feed(windows, noise, 0, 1, 0);
        SeriesEvidence now = evidence(windows, BIASED);
        // slope 8 deviations of the pool away: two-sided t with 199 degrees of freedom is 1e-13
        assertThat(now.pValue()).isLessThan(1e-6);
        PoolEvidence pool = now.pool().orElseThrow();
        assertThat(pool.pValue()).isGreaterThan(pool.single());
        assertThat(pool.effect().cohensD()).isBetween(6.0, 10.0);
        assertThat(pool.effect().cliffsDelta()).isEqualTo(1);
        feed(windows, noise, 0, 4000, 0);
        assertThat(evidence(windows, CHANCE).pValue()).isGreaterThan(0.05);
    }

    @Test
    void theSameTrafficGivesTheSamePValues() {
        assertThat(run(5)).isEqualTo(run(5)).isNotEqualTo(run(6));
    }

    @Test
    void driftIsSilentOnSteadyTrafficAndFiresWhenItChanges() {
        Windows windows = new Windows(new Silent());
        Random noise = new Random(7);
        feed(windows, noise, 0, BASELINE - 1, 0);
        assertThat(evidence(windows, BIASED).drifted()).isNaN();
        feed(windows, noise, 0, 1, 0);
        assertThat(evidence(windows, BIASED).drifted()).isZero();
        assertThat(kept.baselines).containsOnlyKeys(key(BIASED, 0), key(CHANCE, 0));
        feed(windows, noise, 0, 5000, 0);
        assertThat(evidence(windows, BIASED).drifted()).isZero();
        feed(windows, noise, 0, 2000, 2);
        DriftEvidence drift = evidence(windows, BIASED).drift().orElseThrow();
        assertThat(drift.alarm().orElseThrow()).isBetween(5001L, 7000L);
        assertThat(drift.rising()).isTrue();
        assertThat(drift.evidence()).isGreaterThanOrEqualTo(drift.threshold());
    }

    @Test
    void prevalenceIsWatchedPerConceptWhateverTheClass() {
        Windows windows = new Windows(new Silent());
        Random noise = new Random(12);
        for (int i = 0; i < BASELINE; i++) {
            feed(windows, noise, i % 7, 1, 0); // max-series leaves all but two classes out
        }
        PrevalenceEvidence steady = prevalence(windows, BIASED);
        assertThat(steady.window().totalSamples()).isEqualTo(BASELINE);
        assertThat(steady.window().totalPresent()).isEqualTo(BASELINE / 4);
        assertThat(steady.window().share()).isBetween(0.2, 0.3);
        assertThat(steady.drifted()).isZero();
        assertThat(kept.baselines).containsOnlyKeys(prevalenceKey(BIASED), prevalenceKey(CHANCE));
        for (int i = 0; i < 20_000; i++) {
            feed(windows, noise, i % 7, 1, 0);
        }
        assertThat(prevalence(windows, BIASED).drifted()).isZero();
        every = 2; // half of the inputs now carry the biased concept
        for (int i = 0; i < 1000; i++) {
            feed(windows, noise, i % 7, 1, 0);
        }
        DriftEvidence drift = prevalence(windows, BIASED).drift().orElseThrow();
        assertThat(drift.alarm().orElseThrow()).isBetween(20_001L, 21_000L);
        assertThat(drift.rising()).isTrue();
        assertThat(drift.ratio()).isGreaterThanOrEqualTo(1);
        assertThat(prevalence(windows, CHANCE).drifted()).isZero();
        windows.retain(Map.of());
        assertThat(windows.prevalences()).isEmpty();
    }

    @Test
    void theErrorOfDriftIsSharedByAllThatIsWatched() {
        TestPlan plan = new TestPlan(3, 7, 0.01, BASELINE, 198, kept);
        double spent = 2 * (21 * plan.sensitivityShare() + 3 * plan.prevalenceShare());
        assertThat(spent).isCloseTo(0.01, within(1e-15));
    }

    @Test
    void aReplacedConceptBeginsAnewAndTheOthersGoOn() {
        Windows windows = new Windows(new Silent());
        Random noise = new Random(4);
        feed(windows, noise, 0, BASELINE, 0);
        assertThat(evidence(windows, BIASED).pValue()).isLessThan(1e-6);
        assertThat(windows.prevalences()).hasSize(2);
        limits = replaced(BIASED, 4);
        assertThat(windows.retain(Map.of(ID, limits))).isTrue();
        assertThat(windows.evidence()).containsOnlyKeys(key(CHANCE, 0));
        assertThat(windows.prevalences()).containsOnlyKeys(prevalenceKey(CHANCE));
        feed(windows, noise, 0, 63, 0);
        assertThat(prevalence(windows, BIASED).window().totalSamples()).isEqualTo(63);
        assertThat(prevalence(windows, CHANCE).window().totalSamples()).isEqualTo(BASELINE + 63);
        assertThat(evidence(windows, CHANCE).drift().orElseThrow().samples()).isEqualTo(63);
        assertThat(evidence(windows, BIASED).pValue()).isEqualTo(1);
        feed(windows, noise, 0, 1, 0);
        assertThat(evidence(windows, BIASED).pValue()).isLessThan(1e-6);
        assertThat(windows.retain(Map.of(ID, limits))).isFalse();
    }

    @Test
    void pValuesBeginAnewWhenAConceptWithoutSeriesIsReplaced() {
        Windows windows = new Windows(new Silent());
        Random noise = new Random(5);
        limits = replaced(BIASED, 1); // one series: that of the first concept
        feed(windows, noise, 0, 64, 0);
        assertThat(evidence(windows, BIASED).pValue()).isLessThan(1e-6);
        limits =
                new WindowLimits(
                        3,
                        limits.settings(),
                        limits.effects(),
                        1,
                        limits.tests(),
                        Map.of(BIASED, 2L));
        assertThat(windows.retain(Map.of(ID, limits))).isTrue();
        assertThat(evidence(windows, BIASED).pool()).isEmpty();
        feed(windows, noise, 0, 1, 0);
        assertThat(evidence(windows, BIASED).pValue()).isEqualTo(1);
    }

    /** What holds from the second generation on, in which a concept of the two is another. */
    private WindowLimits replaced(ConceptId concept, int series) {
        ConceptId other = concept.equals(BIASED) ? CHANCE : BIASED;
        return new WindowLimits(
                2, limits.settings(), limits.effects(), series, limits.tests(), Map.of(other, 1L));
    }

    @Test
    void aKnownBaselineIsComparedWithFromTheFirstSample() {
        Windows before = new Windows(new Silent());
        feed(before, new Random(8), 0, BASELINE, 0);
        before.evidence();
        Windows after = new Windows(new Silent());
        feed(after, new Random(9), 0, 1, 0);
        DriftEvidence drift = evidence(after, BIASED).drift().orElseThrow();
        assertThat(drift.baseline()).isEqualTo(kept.baselines.get(key(BIASED, 0)));
        assertThat(drift.samples()).isEqualTo(1);
    }

    @Test
    void classesBeyondTheLimitAreNotTestedAndAVersionTakesItsResultsAlong() {
        Windows windows = new Windows(new Silent());
        Random noise = new Random(1);
        for (int target = 0; target < 5; target++) {
            feed(windows, noise, target, 64, 0);
        }
        assertThat(windows.evidence()).hasSize(4); // two classes of two concepts
        windows.retain(Map.of());
        assertThat(windows.evidence()).isEmpty();
    }

    private static SeriesEvidence evidence(Windows windows, ConceptId concept) {
        return Optional.ofNullable(windows.evidence().get(key(concept, 0))).orElseThrow();
    }

    private static PrevalenceEvidence prevalence(Windows windows, ConceptId concept) {
        return Optional.ofNullable(windows.prevalences().get(prevalenceKey(concept))).orElseThrow();
    }

    private static ConceptKey prevalenceKey(ConceptId concept) {
        return new ConceptKey(ID, LAYER, concept);
    }

    private List<Double> run(long seed) {
        Windows windows = new Windows(new Silent());
        feed(windows, new Random(seed), 0, 300, 0);
        return List.of(
                evidence(windows, BIASED).pool().orElseThrow().single(),
                evidence(windows, CHANCE).pool().orElseThrow().single());
    }

    /** Unit directions' slopes: the biased concept's, one of chance, the pool's. */
    private static double[] slopes() {
        Random random = new Random(11);
        double[] drawn = random.doubles(RANDOM + 2, -1, 1).map(u -> Math.sqrt(3) * u).toArray();
        drawn[0] = 8;
        return drawn;
    }

    private void feed(Windows windows, Random noise, int target, int samples, double shift) {
        for (int i = 0; i < samples; i++) {
            float[] random = new float[RANDOM];
            for (int r = 0; r < RANDOM; r++) {
                random[r] = (float) (slopes[2 + r] + noise.nextGaussian());
            }
            List<ConceptSample> concepts =
                    List.of(
                            sample(slopes[0] + shift + noise.nextGaussian()),
                            sample(slopes[1] + noise.nextGaussian()));
            SampleReading reading =
                    new SampleReading(
                            target,
                            concepts,
                            Optional.of(DenseVector.copyOf(random)),
                            Optional.of(DenseVector.copyOf(fed++ % every == 0 ? 1 : 0, 0)));
            windows.add(
                    new AuditEvent(
                            ID,
                            1,
                            LAYER,
                            List.of(BIASED, CHANCE),
                            List.of(reading),
                            5,
                            Instant.EPOCH),
                    limits);
        }
    }

    private static ConceptSample sample(double mean) {
        return new ConceptSample(mean, Math.abs(mean), 1, 0);
    }

    private static SeriesKey key(ConceptId concept, int target) {
        return new SeriesKey(ID, LAYER, concept, target);
    }

    private static final class Kept implements Baselines {
        private final Map<DriftKey, FrozenBaseline> baselines = new HashMap<>();

        @Override
        public Optional<FrozenBaseline> find(DriftKey key) {
            return Optional.ofNullable(baselines.get(key));
        }

        @Override
        public void keep(Map<DriftKey, FrozenBaseline> frozen) {
            baselines.putAll(frozen);
        }
    }

    private static final class Silent implements AuditObserver {
        @Override
        public void audited(AuditEvent event) {}

        @Override
        public void appeared(SeriesKey key) {}

        @Override
        public void vanished(Set<SeriesKey> keys) {}
    }
}
