package org.plumbline.core.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

class ConceptWindowPropertyTest {
    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aSnapshotIsThatOfTheLastSamples(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int capacity = random.nextInt(1, 50);
        ConceptWindow window = new ConceptWindow(capacity, 0.01);
        List<ConceptSample> all = new ArrayList<>();
        int n = random.nextInt(1, 200);
        for (int i = 0; i < n; i++) {
            double mean = random.nextInt(5) == 0 ? 0 : random.nextDouble(-1, 2);
            ConceptSample sample =
                    new ConceptSample(
                            mean, Math.abs(mean) + 0.1, random.nextInt(50), random.nextInt(50));
            all.add(sample);
            window.add(sample);
        }

        List<ConceptSample> last = all.subList(Math.max(0, n - capacity), n);
        ConceptSnapshot snapshot = window.snapshot();
        long positive = last.stream().filter(s -> s.mean() > 0).count();
        long negative = last.stream().filter(s -> s.mean() < 0).count();
        double mean = last.stream().mapToDouble(ConceptSample::mean).average().orElseThrow();
        long positiveCells = last.stream().mapToLong(ConceptSample::positive).sum();
        long negativeCells = last.stream().mapToLong(ConceptSample::negative).sum();
        assertThat(snapshot.samples()).isEqualTo(last.size());
        assertThat(snapshot.score()).isCloseTo(share(positive, negative), within(1e-12));
        assertThat(snapshot.locationScore())
                .isCloseTo(share(positiveCells, negativeCells), within(1e-12));
        assertThat(snapshot.sensitivity()).isCloseTo(mean, within(1e-12));
        assertThat(snapshot.magnitude())
                .isCloseTo(
                        last.stream().mapToDouble(ConceptSample::meanAbsolute).average().orElse(0),
                        within(1e-12));
        assertThat(snapshot.totalCounted())
                .isEqualTo(all.stream().filter(s -> s.mean() != 0).count());
        assertThat(snapshot.totalPositive())
                .isEqualTo(all.stream().filter(s -> s.mean() > 0).count());
        assertThat(snapshot.lower()).isBetween(0.0, snapshot.upper());
    }

    private static double share(long positive, long negative) {
        return positive + negative == 0 ? 0.5 : (double) positive / (positive + negative);
    }

    @Test
    void anEmptyWindowIsNeutral() {
        ConceptSnapshot empty = new ConceptWindow(10, 0.01).snapshot();

        assertThat(empty.score()).isEqualTo(0.5);
        assertThat(empty.sensitivityStandardError()).isZero();
        assertThat(empty.lower()).isZero();
        assertThat(empty.upper()).isEqualTo(1);
    }

    @Test
    void theStandardErrorOfTheMeanIsTheUsualOne() {
        ConceptWindow window = new ConceptWindow(4, 0.01);
        for (double mean : new double[] {9, 1, 2, 3, 4}) {
            window.add(new ConceptSample(mean, mean, 1, 0));
        }
        // 1 2 3 4: variance 5/3, over n = 4
        assertThat(window.snapshot().sensitivityStandardError())
                .isCloseTo(Math.sqrt(5.0 / 3 / 4), within(1e-12));
    }

    @Test
    void whatIsNotFiniteIsRefused() {
        ConceptWindow window = new ConceptWindow(4, 0.01);
        assertThatThrownBy(() -> window.add(new ConceptSample(Double.NaN, 1, 0, 0)))
                .hasMessageContaining("finite");
        assertThatThrownBy(() -> new ConceptWindow(0, 0.01)).hasMessageContaining("capacity");
        assertThatThrownBy(() -> new ConceptWindow(1, 1)).hasMessageContaining("error");
    }
}
