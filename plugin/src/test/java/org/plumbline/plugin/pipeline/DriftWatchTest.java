package org.plumbline.plugin.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Drift as it is watched live: range, baseline and detector all from the stream. */
class DriftWatchTest {
    private static final int RUNS = 200;
    private static final int LONGEST = 100_000;
    private static final double ERROR = 0.05;
    private static final int REPLICAS = 3;

    /** Nominal 10 of 200 streams, plus three standard errors. */
    private static final int MOST = 19;

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.3})
    void aSteadyPrevalenceAlarmsNoMoreOftenThanStated(double prevalence) {
        int alarms = 0;
        for (int run = 0; run < RUNS; run++) {
            DriftWatch watch = DriftWatch.ofPrevalence(plan(), Optional.empty());
            alarms += alarms(watch, run, r -> r.nextDouble() < prevalence ? 1 : 0) ? 1 : 0;
        }
        assertThat(alarms).isLessThanOrEqualTo(MOST);
    }

    @Test
    void aSteadySensitivityAlarmsNoMoreOftenThanStated() {
        int alarms = 0;
        for (int run = 0; run < RUNS; run++) {
            DriftWatch watch = DriftWatch.ofSensitivity(plan(), Optional.empty());
            // skewed and heavy-tailed: a quarter of the values lie beyond a deviation
            alarms += alarms(watch, run, r -> Math.exp(1.5 * r.nextGaussian()) - 1) ? 1 : 0;
        }
        assertThat(alarms).isLessThanOrEqualTo(MOST);
    }

    /**
     * The mean of replicas' evidence over the threshold, watched: replicas share the error of the
     * detector, and bring a baseline each.
     */
    @Test
    void theMeanEvidenceOfReplicasAlarmsNoMoreOftenThanStated() {
        int alarms = 0;
        for (int run = 0; run < RUNS / 2; run++) {
            alarms += fleetAlarm(run, 0) <= LONGEST ? 1 : 0;
        }
        assertThat(alarms).isLessThanOrEqualTo(11); // 5 and three standard errors
    }

    @Test
    void replicasTogetherFindAChange() {
        for (int run = 0; run < 20; run++) {
            assertThat(fleetAlarm(run, 0.2)).isBetween(2001, 3000);
        }
    }

    /** Samples each replica has seen at the alarm, of a prevalence of 0.3 that rises at 2,000. */
    private static int fleetAlarm(int seed, double rise) {
        SplittableRandom random = new SplittableRandom(seed);
        DriftWatch[] replicas = new DriftWatch[REPLICAS];
        for (int i = 0; i < REPLICAS; i++) {
            replicas[i] = DriftWatch.ofPrevalence(plan(), Optional.empty());
        }
        for (int n = 1; n <= LONGEST; n++) {
            double ratio = 0;
            double prevalence = n > 2000 ? 0.3 + rise : 0.3;
            for (DriftWatch replica : replicas) {
                replica.add(random.nextDouble() < prevalence ? 1 : 0, Instant.EPOCH);
                ratio += n % 16 == 0 ? ratio(replica) / REPLICAS : 0;
            }
            if (ratio >= 1) {
                return n;
            }
        }
        return LONGEST + 1;
    }

    private static double ratio(DriftWatch watch) {
        return watch.evidence().map(DriftEvidence::ratio).orElse(0.0);
    }

    private static boolean alarms(
            DriftWatch watch, int seed, ToDoubleFunction<SplittableRandom> stream) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < LONGEST; i++) {
            watch.add(stream.applyAsDouble(random), Instant.EPOCH);
        }
        return watch.evidence().orElseThrow().alarm().isPresent();
    }

    /** One concept and class: half of the error each for its sensitivity and its prevalence. */
    private static TestPlan plan() {
        return new TestPlan(1, 1, 2 * ERROR, 1000, 100, new None());
    }

    private record None() implements Baselines {
        @Override
        public Optional<FrozenBaseline> find(DriftKey key) {
            return Optional.empty();
        }

        @Override
        public void keep(Map<DriftKey, FrozenBaseline> frozen) {}
    }
}
