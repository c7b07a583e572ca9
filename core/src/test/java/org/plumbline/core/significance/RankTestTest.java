package org.plumbline.core.significance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.cav.SignalCav;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

class RankTestTest {
    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    /**
     * Concepts whose labels mean nothing, on traffic of skewed, correlated gradients that prefer
     * some directions: 2,000 draws with 39 random CAVs; p is at most 0.1 in 200 of them, 40 within
     * three standard errors. Against independent unit directions the same concepts would come out
     * far too often: the reference set is what makes the test valid.
     */
    @ParameterizedTest
    @EnumSource(PoolStatistic.class)
    void meaninglessConceptsAreSignificantAsOftenAsStated(PoolStatistic statistic) {
        int rejected = 0;
        for (int run = 0; run < 2000; run++) {
            SplittableRandom random = new SplittableRandom(run);
            FloatTensor activations = RandomCavsTest.activations(random, 24, 5);
            DenseVector concept = SignalCav.fit(activations, labels(random, 24, 12));
            RandomCavs pool = RandomCavs.ofSplits(activations, 12, 12, 39, random.nextLong());
            PoolTally tally = new PoolTally(1, 39);
            for (int i = 0; i < 31; i++) {
                DenseVector gradient = gradient(random);
                float[] along = {(float) gradient.dot(concept)};
                tally.add(along, pool.sensitivities(gradient));
            }
            rejected += PoolComparison.of(tally, 0, statistic).rank().pValue() <= 0.1 ? 1 : 0;
        }
        // ties among scores make p larger: a lower edge only where there are none
        assertThat(rejected).isLessThanOrEqualTo(240);
        assertThat(rejected)
                .isGreaterThanOrEqualTo(statistic == PoolStatistic.SENSITIVITY ? 160 : 100);
    }

    private static long[] labels(SplittableRandom random, int n, int positives) {
        long[] labels = new long[n];
        Arrays.fill(labels, 0, positives, 1);
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            long kept = labels[i];
            labels[i] = labels[j];
            labels[j] = kept;
        }
        return labels;
    }

    private static DenseVector gradient(SplittableRandom random) {
        double[] g = new double[5];
        double common = Math.exp(random.nextGaussian());
        for (int c = 0; c < g.length; c++) {
            g[c] = common + random.nextGaussian() * (5 - c);
        }
        return DenseVector.copyOf(g);
    }

    @Test
    void theRankCountsTheConceptItself() {
        assertThat(RankTest.of(-3, new double[] {1, -2, 3, -4}).pValue()).isEqualTo(3.0 / 5);
        assertThat(RankTest.of(9, new double[] {1, -2, 3, -4}).pValue()).isEqualTo(1.0 / 5);
    }

    /**
     * Each direction in turn is the concept, the others are the pool. No two take the same rank, so
     * a concept that is one of them at random has rank at most k with probability k / (R + 1): the
     * guarantee under continuous looks, without any simulation.
     */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyDirectionTakesItsOwnRank(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int directions = random.nextInt(3, 12);
        int perLook = random.nextInt(1, 4);
        float[][] stream = new float[random.nextInt(10, 400)][directions];
        for (float[] sample : stream) {
            for (int j = 0; j < directions; j++) {
                sample[j] = (float) (random.nextGaussian() + 0.02 * j);
            }
        }
        List<Double> taken = new ArrayList<>();
        for (int concept = 0; concept < directions; concept++) {
            SequentialRankTest test =
                    new SequentialRankTest(
                            PoolStatistic.SENSITIVITY, 1, directions - 1, 4, perLook);
            PoolTally tally = new PoolTally(1, directions - 1);
            for (float[] sample : stream) {
                tally.add(new float[] {sample[concept]}, without(sample, concept));
                test.update(tally);
            }
            if (test.pValue(0) < 1) {
                taken.add(test.pValue(0));
            }
        }
        assertThat(taken).doesNotHaveDuplicates().isNotEmpty();
        assertThat(taken).allMatch(p -> p >= 1.0 / directions);
    }

    private static float[] without(float[] values, int left) {
        float[] rest = new float[values.length - 1];
        for (int i = 0, j = 0; i < values.length; i++) {
            if (i != left) {
                rest[j++] = values[i];
            }
        }
        return rest;
    }

    /**
     * 100,000 samples looked at after each, 200 streams, nominal 0.05: at most 10 plus three
     * standard errors, 9. The rank test at a fixed moment, watched over the same looks, errs four
     * times as often or more: it must not alert.
     */
    @Test
    void watchingTheSequentialTestsKeepsTheirLevelAndWatchingTheOtherDoesNot() {
        int sequential = 0;
        int normal = 0;
        int naive = 0;
        for (int run = 0; run < 200; run++) {
            SplittableRandom random = new SplittableRandom(run);
            PoolTally tally = new PoolTally(1, 19);
            SequentialRankTest test =
                    new SequentialRankTest(PoolStatistic.SENSITIVITY, 1, 19, 8, 1);
            SequentialStudentTest student =
                    new SequentialStudentTest(
                            PoolStatistic.SENSITIVITY, 1, 8, Double.POSITIVE_INFINITY);
            double[] drift = random.doubles(20, -1e-3, 1e-3).toArray(); // concept one of them
            float[] concept = new float[1];
            float[] pool = new float[19];
            boolean fooled = false;
            for (int i = 0; i < 100_000; i++) {
                concept[0] = (float) (random.nextDouble() - 0.5 + drift[0]);
                for (int r = 0; r < pool.length; r++) {
                    pool[r] = (float) (random.nextDouble() - 0.5 + drift[r + 1]);
                }
                tally.add(concept, pool);
                student.update(tally);
                if (test.update(tally)) {
                    double p =
                            PoolComparison.of(tally, 0, PoolStatistic.SENSITIVITY).rank().pValue();
                    fooled |= p <= 0.05;
                }
            }
            sequential += test.pValue(0) <= 0.05 ? 1 : 0;
            normal += student.pValues()[0] <= 0.05 ? 1 : 0;
            naive += fooled ? 1 : 0;
        }
        assertThat(sequential).isLessThanOrEqualTo(19);
        assertThat(normal).isLessThanOrEqualTo(19);
        assertThat(naive).isGreaterThan(40);
    }

    @Test
    void aStrongConceptTakesTheFirstRankAndKeepsIt() {
        SplittableRandom random = new SplittableRandom(1);
        PoolTally tally = new PoolTally(2, 99);
        SequentialRankTest test = new SequentialRankTest(PoolStatistic.SCORE, 2, 99, 64, 1);
        for (int i = 0; i < 1000; i++) {
            float[] pool = new float[99];
            for (int r = 0; r < 99; r++) {
                pool[r] = (float) random.nextGaussian();
            }
            float strong = (float) (random.nextGaussian() - 2);
            tally.add(new float[] {strong, 0}, pool);
            test.update(tally);
            assertThat(test.pValue(0)).isEqualTo(i < 63 ? 1 : 0.01);
        }
        assertThat(test.pValues()).containsExactly(0.01, 1);
        assertThat(test.nextLook()).isEqualTo(1024);
    }

    @Test
    void theWatchedStudentTestIsTheSmallestOfItsLooksTimesTheirShares() {
        SplittableRandom random = new SplittableRandom(6);
        PoolTally tally = new PoolTally(2, 29);
        SequentialStudentTest test = new SequentialStudentTest(PoolStatistic.SENSITIVITY, 2, 3, 17);
        double[] pool = random.doubles(29, -1, 1).toArray();
        double[] sums = new double[31];
        double[] expected = {1, 1};
        for (int n = 1; n <= 50; n++) {
            float[] concept = {9, (float) random.nextGaussian()};
            float[] along = new float[29];
            sums[29] += concept[0];
            sums[30] += concept[1];
            for (int r = 0; r < 29; r++) {
                along[r] = (float) (pool[r] + random.nextGaussian());
                sums[r] += along[r];
            }
            tally.add(concept, along);
            boolean looked = test.update(tally);
            int look = List.of(3, 6, 12, 24, 48).indexOf(n) + 1;
            assertThat(looked).isEqualTo(look > 0);
            for (int k = 0; looked && k < 2; k++) {
                int size = n;
                double[] means = Arrays.stream(sums, 0, 29).map(s -> s / size).toArray();
                double p = StudentTest.ofOne(sums[29 + k] / n, means, 17).pValue();
                expected[k] = Math.min(expected[k], look * (look + 1) * p);
            }
        }
        assertThat(test.pValues()).containsExactly(expected, within(1e-12));
        assertThat(test.pValues()[0]).isLessThan(1e-6);
    }

    @Test
    void replicasMergeAndKeepTheSameStatistics() {
        SplittableRandom random = new SplittableRandom(2);
        PoolTally pooled = new PoolTally(2, 3);
        PoolTally[] replicas = {new PoolTally(2, 3), new PoolTally(2, 3)};
        for (int i = 0; i < 100; i++) {
            float[] concept = {random.nextInt(3) - 1, (float) random.nextGaussian()};
            float[] pool = {1, (float) random.nextGaussian(), 0};
            pooled.add(concept, pool);
            replicas[random.nextInt(2)].add(concept, pool);
        }
        replicas[0].merge(replicas[1]);
        assertThat(replicas[0].samples()).isEqualTo(100);
        for (PoolStatistic statistic : PoolStatistic.values()) {
            assertThat(replicas[0].ofConcepts(statistic))
                    .containsExactly(pooled.ofConcepts(statistic), within(1e-12));
            assertThat(replicas[0].ofRandom(statistic))
                    .containsExactly(pooled.ofRandom(statistic), within(1e-12));
        }
        assertThat(pooled.ofRandom(PoolStatistic.SCORE)[0]).isEqualTo(1);
        assertThat(pooled.ofRandom(PoolStatistic.SCORE)[2]).isZero();
    }

    @Test
    void samplesThatAreNotFiniteAreLeftOutForAllDirections() {
        PoolTally tally = new PoolTally(1, 2);
        assertThat(tally.add(new float[] {1}, new float[] {1, Float.POSITIVE_INFINITY})).isFalse();
        assertThat(tally.add(new float[] {Float.NaN}, new float[] {1, 1})).isFalse();
        assertThat(tally.samples()).isZero();
        assertThat(PoolComparison.of(tally, 0, PoolStatistic.SCORE).rank().pValue()).isEqualTo(1);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        PoolTally tally = new PoolTally(1, 2);
        assertThatThrownBy(() -> tally.add(new float[2], new float[2]))
                .hasMessage("values: 2, 2 (expected: 1, 2)");
        assertThatThrownBy(() -> tally.merge(new PoolTally(2, 2)))
                .hasMessageContaining("directions");
        assertThatThrownBy(() -> new PoolTally(0, 2)).hasMessageContaining("directions");
        assertThatThrownBy(() -> new SequentialRankTest(PoolStatistic.SCORE, 1, 1, 0, 1))
                .hasMessageContaining("first look");
        assertThatThrownBy(() -> new SequentialRankTest(PoolStatistic.SCORE, 1, 1, 1, 0))
                .hasMessageContaining("ranks per look");
    }
}
