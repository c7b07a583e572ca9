package org.plumbline.core.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

class DecayedTallyPropertyTest {
    private static final Duration HALF_LIFE = Duration.ofSeconds(30);
    private static final Offset<Double> CLOSE = within(1e-9); // double sums over 200 samples

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theNumbersAreThoseOfTheWeightsWhateverTheOrderAndTheReplica(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int n = random.nextInt(2, 200);
        List<ConceptSample> samples = ConceptTallyPropertyTest.samples(random, n);
        long[] millis = random.longs(n, 0, 300_000).toArray(); // out of order
        DecayedTally[] replicas = {new DecayedTally(HALF_LIFE), new DecayedTally(HALF_LIFE)};
        DecayedTally alone = new DecayedTally(HALF_LIFE);
        for (int i = 0; i < n; i++) {
            replicas[random.nextInt(2)].add(samples.get(i), Instant.ofEpochMilli(millis[i]));
            alone.add(samples.get(i), Instant.ofEpochMilli(millis[i]));
        }
        DecayedTally forward = new DecayedTally(HALF_LIFE);
        forward.merge(replicas[0]);
        forward.merge(replicas[1]);
        DecayedTally backward = replicas[1];
        backward.merge(replicas[0]);

        for (DecayedTally tally : List.of(alone, forward, backward)) {
            check(tally.snapshot(), samples, millis);
        }
    }

    private static void check(DecayedSnapshot actual, List<ConceptSample> samples, long[] millis) {
        long latest = LongStream.of(millis).max().orElseThrow();
        double weight = 0;
        double squaredWeight = 0;
        double sum = 0;
        double magnitude = 0;
        double positive = 0;
        double counted = 0;
        for (int i = 0; i < millis.length; i++) {
            double w = Math.pow(0.5, (latest - millis[i]) / 30_000.0);
            double s = samples.get(i).mean();
            weight += w;
            squaredWeight += w * w;
            sum += w * s;
            magnitude += w * samples.get(i).meanAbsolute();
            positive += s > 0 ? w : 0;
            counted += s != 0 ? w : 0;
        }
        double mean = sum / weight;
        double squares = 0;
        for (int i = 0; i < millis.length; i++) {
            double w = Math.pow(0.5, (latest - millis[i]) / 30_000.0);
            squares += w * Math.pow(samples.get(i).mean() - mean, 2);
        }
        double effective = weight * weight / squaredWeight;
        double score = counted == 0 ? 0.5 : positive / counted;
        assertThat(actual.weight()).isCloseTo(weight, CLOSE);
        assertThat(actual.effectiveSamples()).isCloseTo(effective, within(1e-7));
        assertThat(actual.score()).isCloseTo(score, CLOSE);
        assertThat(actual.scoreStandardError())
                .isCloseTo(Math.sqrt(score * (1 - score) / effective), CLOSE);
        assertThat(actual.sensitivity()).isCloseTo(mean, CLOSE);
        assertThat(actual.magnitude()).isCloseTo(magnitude / weight, CLOSE);
        // unbiased variance of reliability weights, over the effective samples
        double variance = squares / (weight - squaredWeight / weight);
        assertThat(actual.sensitivityStandardError())
                .isCloseTo(Math.sqrt(variance / effective), within(1e-7));
    }

    @Test
    void equalTimesGiveThePlainEstimates() {
        DecayedTally tally = new DecayedTally(HALF_LIFE);
        for (double mean : new double[] {1, 2, 3, 4}) {
            tally.add(new ConceptSample(mean, mean, 1, 0), Instant.EPOCH);
        }
        DecayedSnapshot snapshot = tally.snapshot();
        assertThat(snapshot.effectiveSamples()).isEqualTo(4);
        assertThat(snapshot.sensitivityStandardError())
                .isCloseTo(Math.sqrt(5.0 / 3 / 4), within(1e-12));
    }

    @Test
    void aSilenceOfYearsLeavesOnlyWhatCameAfter() {
        DecayedTally tally = new DecayedTally(HALF_LIFE);
        tally.add(new ConceptSample(-5, 5, 0, 1), Instant.EPOCH);
        tally.add(new ConceptSample(1, 1, 1, 0), Instant.EPOCH.plus(Duration.ofDays(3650)));
        tally.add(new ConceptSample(-5, 5, 0, 1), Instant.EPOCH); // late by ten years: no weight
        assertThat(tally.snapshot()).isEqualTo(new DecayedSnapshot(1, 1, 1, 0, 1, 0, 1));
        assertThat(new DecayedTally(HALF_LIFE).snapshot().score()).isEqualTo(0.5);
    }

    @Test
    void otherHalfLivesAreRefused() {
        DecayedTally tally = new DecayedTally(HALF_LIFE);
        assertThatThrownBy(() -> tally.merge(new DecayedTally(Duration.ofSeconds(1))))
                .hasMessageContaining("half-life");
        assertThatThrownBy(() -> new DecayedTally(Duration.ofNanos(1)))
                .hasMessageContaining("half-life");
        tally.merge(new DecayedTally(HALF_LIFE));
        assertThat(tally.snapshot().weight()).isZero();
    }
}
