package org.plumbline.core.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

class ConceptWindowPropertyTest {
    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aSnapshotIsThatOfTheLatestSamples(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int capacity = random.nextInt(1, 60);
        int n = random.nextInt(1, 300);
        ConceptWindow window = new ConceptWindow(settings(capacity));
        List<ConceptSample> all = ConceptTallyPropertyTest.samples(random, n);
        all.forEach(sample -> window.add(sample, Instant.EPOCH));

        ConceptSnapshot snapshot = window.snapshot();

        int held = Math.toIntExact(snapshot.samples());
        assertThat(held).isLessThanOrEqualTo(capacity);
        assertThat((double) held)
                .isGreaterThanOrEqualTo(
                        capacity < 16 ? Math.min(n, capacity) : Math.min(n, 0.75 * capacity));
        List<ConceptSample> latest = all.subList(n - held, n);
        ConceptTally expected = new ConceptTally(); // checked by itself against plain sums
        latest.forEach(expected::add);
        check(snapshot, expected);
        assertThat(snapshot.totalCounted())
                .isEqualTo(all.stream().filter(s -> s.mean() != 0).count());
        assertThat(snapshot.totalPositive())
                .isEqualTo(all.stream().filter(s -> s.mean() > 0).count());
        assertThat(snapshot.lower()).isBetween(0.0, snapshot.upper());
    }

    private static void check(ConceptSnapshot snapshot, ConceptTally expected) {
        assertThat(snapshot.samples()).isEqualTo(expected.samples());
        assertThat(snapshot.score()).isEqualTo(expected.score());
        assertThat(snapshot.scoreStandardError()).isEqualTo(expected.scoreStandardError());
        assertThat(snapshot.locationScore()).isEqualTo(expected.locationScore());
        assertThat(snapshot.sensitivity()).isCloseTo(expected.sensitivity(), within(1e-12));
        assertThat(snapshot.sensitivityStandardError())
                .isCloseTo(expected.sensitivityStandardError(), within(1e-12));
        assertThat(snapshot.magnitude()).isCloseTo(expected.magnitude(), within(1e-12));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void windowsMergedInAnyOrderAreTheWindowOfAllSamples(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        WindowSettings settings =
                new WindowSettings(
                        1000,
                        Optional.of(Duration.ofSeconds(5)),
                        OptionalDouble.of(random.nextDouble(0.5, 3)),
                        0.01);
        ConceptWindow pooled = new ConceptWindow(settings);
        ConceptWindow a = new ConceptWindow(settings);
        ConceptWindow b = new ConceptWindow(settings);
        ConceptTally plain = new ConceptTally();
        long at = 0;
        for (ConceptSample sample : ConceptTallyPropertyTest.samples(random, 300)) {
            Instant time = Instant.ofEpochMilli(at += random.nextInt(100));
            pooled.add(sample, time);
            plain.add(sample);
            (random.nextBoolean() ? a : b).add(sample, time);
        }

        for (List<ConceptWindow> order : List.of(List.of(a, b), List.of(b, a))) {
            ConceptSnapshot merged = ConceptWindow.merged(order);
            check(merged, plain);
            assertThat(merged.lower()).isEqualTo(pooled.snapshot().lower());
            assertThat(merged.totalSensitivity().orElseThrow().mean())
                    .isCloseTo(
                            pooled.snapshot().totalSensitivity().orElseThrow().mean(),
                            within(1e-12));
            DecayedSnapshot decayed = merged.decayed().orElseThrow();
            DecayedSnapshot alone = pooled.snapshot().decayed().orElseThrow();
            assertThat(decayed.score()).isCloseTo(alone.score(), within(1e-9));
            assertThat(decayed.sensitivity()).isCloseTo(alone.sensitivity(), within(1e-9));
            assertThat(decayed.effectiveSamples())
                    .isCloseTo(alone.effectiveSamples(), within(1e-7));
        }
    }

    @Test
    void windowsWithClipsOfTheirOwnHaveNoCommonBoundsOfTheMean() {
        ConceptWindow a = new ConceptWindow(settings(10));
        ConceptWindow b = new ConceptWindow(settings(10));
        for (int i = 0; i < 100; i++) {
            a.add(new ConceptSample(1, 1, 1, 0), Instant.EPOCH);
            b.add(new ConceptSample(2, 2, 1, 0), Instant.EPOCH);
        }
        assertThat(a.snapshot().totalSensitivity()).isPresent();
        assertThat(ConceptWindow.merged(List.of(a, b)).totalSensitivity()).isEmpty();
        assertThatThrownBy(() -> ConceptWindow.merged(List.of()))
                .hasMessageContaining("equal settings");
        assertThatThrownBy(() -> ConceptWindow.merged(List.of(a, new ConceptWindow(settings(9)))))
                .hasMessageContaining("equal settings");
    }

    @Test
    void anEmptyWindowIsNeutral() {
        ConceptSnapshot empty = new ConceptWindow(settings(10)).snapshot();

        assertThat(empty.score()).isEqualTo(0.5);
        assertThat(empty.sensitivityStandardError()).isZero();
        assertThat(empty.lower()).isZero();
        assertThat(empty.upper()).isEqualTo(1);
        assertThat(empty.sensitivityBounds()).isEmpty();
        assertThat(empty.decayed()).isEmpty();
    }

    @Test
    void theStandardErrorOfTheMeanIsTheUsualOne() {
        ConceptWindow window = new ConceptWindow(settings(4));
        for (double mean : new double[] {9, 1, 2, 3, 4}) {
            window.add(new ConceptSample(mean, mean, 1, 0), Instant.EPOCH);
        }
        // 1 2 3 4: variance 5/3, over n = 4
        assertThat(window.snapshot().sensitivityStandardError())
                .isCloseTo(Math.sqrt(5.0 / 3 / 4), within(1e-12));
    }

    @Test
    void withAHalfLifeOldSamplesFade() {
        ConceptWindow window =
                new ConceptWindow(
                        new WindowSettings(
                                100,
                                Optional.of(Duration.ofMinutes(1)),
                                OptionalDouble.empty(),
                                0.01));
        window.add(new ConceptSample(-1, 1, 0, 1), Instant.ofEpochSecond(0));
        window.add(new ConceptSample(1, 1, 1, 0), Instant.ofEpochSecond(60));

        DecayedSnapshot decayed = window.snapshot().decayed().orElseThrow();

        assertThat(decayed.score()).isCloseTo(1 / 1.5, within(1e-12));
        assertThat(decayed.sensitivity()).isCloseTo(0.5 / 1.5, within(1e-12));
        assertThat(window.snapshot().score()).isEqualTo(0.5);
    }

    @Test
    void theBoundsOfTheMeanAppearAfterTheWarmUpAndCloseIn() {
        ConceptWindow window = new ConceptWindow(settings(10));
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            double s = random.nextGaussian() + 0.3;
            window.add(new ConceptSample(s, Math.abs(s), 1, 0), Instant.EPOCH);
            assertThat(window.snapshot().sensitivityBounds().isPresent())
                    .isEqualTo(i >= SensitivityTally.WARM_UP - 1);
        }
        MeanBounds bounds = window.snapshot().sensitivityBounds().orElseThrow();
        assertThat(bounds.exclude(0)).isTrue();
        assertThat(bounds.exclude(0.3)).isFalse();
        assertThat(bounds.upper() - bounds.lower()).isLessThan(0.1);
    }

    @Test
    void whatIsNotFiniteOrOutOfRangeIsRefused() {
        ConceptWindow window = new ConceptWindow(settings(4));
        ConceptSample sample = new ConceptSample(Double.NaN, 1, 0, 0);
        assertThatThrownBy(() -> window.add(sample, Instant.EPOCH)).hasMessageContaining("finite");
        assertThatThrownBy(() -> settings(0)).hasMessageContaining("capacity");
        assertThatThrownBy(() -> new WindowSettings(1, Optional.empty(), OptionalDouble.empty(), 1))
                .hasMessageContaining("error");
        assertThatThrownBy(
                        () ->
                                new WindowSettings(
                                        1, Optional.of(Duration.ZERO), OptionalDouble.empty(), 0.1))
                .hasMessageContaining("half-life");
        assertThatThrownBy(() -> new WindowSettings(1, Optional.empty(), OptionalDouble.of(0), 0.1))
                .hasMessageContaining("clip");
    }

    private static WindowSettings settings(int capacity) {
        return new WindowSettings(capacity, Optional.empty(), OptionalDouble.empty(), 0.01);
    }
}
