package org.plumbline.core.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

class ConceptTallyPropertyTest {
    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void replicasMergedInAnyOrderEqualThePooledSamples(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<ConceptSample> samples = samples(random, random.nextInt(2, 300));
        ConceptTally[] replicas = {new ConceptTally(), new ConceptTally(), new ConceptTally()};
        samples.forEach(s -> replicas[random.nextInt(3)].add(s));

        ConceptTally forward = merged(replicas[0], replicas[1], replicas[2]);
        ConceptTally nested = merged(replicas[2], merged(replicas[1], replicas[0]));

        for (ConceptTally merged : List.of(forward, nested)) {
            check(merged, samples);
        }
    }

    private static ConceptTally merged(ConceptTally... parts) {
        ConceptTally all = new ConceptTally();
        for (ConceptTally part : parts) {
            all.merge(part);
        }
        return all;
    }

    static List<ConceptSample> samples(SplittableRandom random, int n) {
        return IntStream.range(0, n)
                .mapToObj(
                        i -> {
                            double s = random.nextInt(5) == 0 ? 0 : random.nextDouble(-1, 2) + 100;
                            s -= 100; // digits that cancel, as large activations have them
                            return new ConceptSample(
                                    s, Math.abs(s) + 0.1, random.nextInt(50), random.nextInt(50));
                        })
                .toList();
    }

    static void check(ConceptTally tally, List<ConceptSample> samples) {
        int n = samples.size();
        double[] values = samples.stream().mapToDouble(ConceptSample::mean).toArray();
        double mean = IntStream.range(0, n).mapToDouble(i -> values[i]).sum() / n;
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        long positive = samples.stream().filter(s -> s.mean() > 0).count();
        long negative = samples.stream().filter(s -> s.mean() < 0).count();
        long cells = samples.stream().mapToLong(ConceptSample::positive).sum();
        long others = samples.stream().mapToLong(ConceptSample::negative).sum();
        double score = positive + negative == 0 ? 0.5 : (double) positive / (positive + negative);
        assertThat(tally.samples()).isEqualTo(n);
        assertThat(tally.positive()).isEqualTo(positive);
        assertThat(tally.counted()).isEqualTo(positive + negative);
        assertThat(tally.score()).isCloseTo(score, within(1e-12));
        assertThat(tally.locationScore())
                .isCloseTo(
                        cells + others == 0 ? 0.5 : (double) cells / (cells + others),
                        within(1e-12));
        assertThat(tally.sensitivity()).isCloseTo(mean, within(1e-12));
        double error = n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n);
        assertThat(tally.sensitivityStandardError()).isCloseTo(error, within(1e-12));
        assertThat(tally.magnitude())
                .isCloseTo(
                        samples.stream().mapToDouble(ConceptSample::meanAbsolute).sum() / n,
                        within(1e-12));
    }
}
