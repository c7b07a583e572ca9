package org.plumbline.worker.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

class AccuraciesTest {
    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void groupsAgreeWithCountingEachCellByItself(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int n = random.nextInt(1, 200);
        int[] predicted = random.ints(n, 0, 4).toArray();
        long[] labels = random.longs(n, 0, 4).toArray();
        long[] concept = random.longs(n, 0, 2).toArray();
        List<GroupAccuracy> groups = Accuracies.groups(predicted, labels, concept);
        double worst = 2;
        int seen = 0;
        for (int label = 0; label < 4; label++) {
            for (int value = 0; value < 2; value++) {
                int right = 0;
                int count = 0;
                for (int i = 0; i < n; i++) {
                    if (labels[i] == label && concept[i] == value) {
                        count++;
                        right += predicted[i] == label ? 1 : 0;
                    }
                }
                if (count > 0) {
                    double expected = (double) right / count;
                    assertThat(groups.get(seen++))
                            .isEqualTo(new GroupAccuracy(label, value, expected, count));
                    worst = Math.min(worst, expected);
                }
            }
        }
        assertThat(groups).hasSize(seen);
        assertThat(Accuracies.worst(groups)).hasValue(worst);
        long total = groups.stream().mapToLong(GroupAccuracy::samples).sum();
        double weighted =
                groups.stream().mapToDouble(g -> g.accuracy() * g.samples()).sum() / total;
        assertThat(Accuracies.accuracy(predicted, labels, i -> true).orElseThrow())
                .isCloseTo(weighted, within(1e-12));
    }

    @Test
    void subsetsCountOnlyTheirRowsAndEmptyOnesHaveNoAccuracy() {
        int[] predicted = {0, 1, 1};
        long[] labels = {0, 0, 1};
        assertThat(Accuracies.accuracy(predicted, labels, i -> i < 2)).hasValue(0.5);
        assertThat(Accuracies.accuracy(predicted, labels, i -> false)).isEmpty();
        assertThat(Accuracies.worst(List.of())).isEmpty();
    }

    @Test
    void standardErrorIsThatOfAProportion() {
        assertThat(Accuracies.standardError(0.2, 100)).isCloseTo(0.04, within(1e-15));
        assertThat(Accuracies.standardError(0.2, 0)).isZero();
    }

    @Test
    void alignedAndConflictingAreUnweightedMeansOfTheirCells() {
        List<GroupAccuracy> groups =
                List.of(
                        new GroupAccuracy(0, 0, 1.0, 99),
                        new GroupAccuracy(0, 1, 0.2, 1),
                        new GroupAccuracy(1, 0, 0.4, 2),
                        new GroupAccuracy(1, 1, 0.5, 3));
        assertThat(Accuracies.mean(groups, true)).hasValue(0.75);
        assertThat(Accuracies.mean(groups, false).orElseThrow()).isCloseTo(0.3, within(1e-15));
        assertThat(Accuracies.mean(List.of(), true)).isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void macroF1AgreesWithPrecisionAndRecallClassByClass(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int n = random.nextInt(1, 60);
        int[] predicted = random.ints(n, 0, 5).toArray();
        long[] labels = random.longs(n, 0, 5).toArray();
        double sum = 0;
        int classes = 0;
        for (int c = 0; c < 5; c++) {
            double hits = 0;
            double answered = 0;
            double present = 0;
            for (int i = 0; i < n; i++) {
                hits += predicted[i] == c && labels[i] == c ? 1 : 0;
                answered += predicted[i] == c ? 1 : 0;
                present += labels[i] == c ? 1 : 0;
            }
            if (answered + present > 0) {
                double precision = answered == 0 ? 0 : hits / answered;
                double recall = present == 0 ? 0 : hits / present;
                sum += hits == 0 ? 0 : 2 * precision * recall / (precision + recall);
                classes++;
            }
        }
        int[] rows = java.util.stream.IntStream.range(0, n).toArray();
        assertThat(MacroF1.of(predicted, labels, 5, rows)).isCloseTo(sum / classes, within(1e-12));
    }
}
