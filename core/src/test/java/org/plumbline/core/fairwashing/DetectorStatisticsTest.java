package org.plumbline.core.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Every statistic against its definition, written plainly. */
class DetectorStatisticsTest {
    private static final int SIDE = 14;

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void resemblanceIsTheMeanOverPairsOfOtherClasses(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int n = random.nextInt(5, 30);
        FloatTensor maps = maps(random, n);
        FloatTensor flat = maps(random, n);
        long[] classes = random.longs(n, 0, 3).toArray();
        classes[0] = 7;
        double[] actual = Resemblance.of(maps, flat, classes);
        for (int i = 0; i < n; i++) {
            double sum = 0;
            int count = 0;
            for (int j = 0; j < n; j++) {
                if (classes[i] != classes[j]) {
                    sum += pearson(maps, i, maps, j) - pearson(flat, i, flat, j);
                    count++;
                }
            }
            assertThat(actual[i]).isCloseTo(sum / count, within(1e-9));
        }
    }

    @Test
    void oneMapForAllResemblesItselfCompletely() {
        FloatTensor one = maps(new SplittableRandom(1), 1);
        FloatTensor same = FloatTensor.concat(List.of(one, one, one));
        double[] actual = Resemblance.amongClasses(same, new long[] {0, 1, 2});
        assertThat(actual).containsExactly(new double[] {1, 1, 1}, within(1e-12));
    }

    @Test
    void constantMapsAndASingleClassHaveNoResemblance() {
        FloatTensor maps = maps(new SplittableRandom(2), 3);
        Arrays.fill(maps.values(), 0, SIDE * SIDE, 0.25f);
        assertThat(Resemblance.amongClasses(maps, new long[] {0, 1, 1})).containsOnly(Double.NaN);
        assertThat(Resemblance.amongClasses(maps, new long[] {4, 4, 4})).containsOnly(Double.NaN);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void gapsAreOneLessPearsonsCorrelation(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor a = maps(random, 4);
        FloatTensor b = maps(random, 4);
        FloatTensor c = maps(random, 4);
        double[] projection = ProjectionGap.of(a, b);
        double[] methods = MethodGap.of(a, List.of(b, c));
        for (int i = 0; i < 4; i++) {
            double ab = pearson(a, i, b, i);
            assertThat(projection[i]).isCloseTo(1 - ab, within(1e-9));
            assertThat(methods[i]).isCloseTo(1 - (ab + pearson(a, i, c, i)) / 2, within(1e-9));
        }
    }

    @Test
    void aReferenceSpeaksOnlyWhereBothAnswerAlike() {
        SplittableRandom random = new SplittableRandom(3);
        FloatTensor own = maps(random, 3);
        FloatTensor trusted = maps(random, 3);
        FloatTensor logits = FloatTensor.of(new float[] {2, 0, 2, 0, 2, 0}, 3, 2);
        // alike, another class, the same class with another probability
        FloatTensor other = FloatTensor.of(new float[] {2.1f, 0, 0, 2, 0.1f, 0}, 3, 2);
        double[] gaps = ReferenceGap.of(own, trusted, logits, other);
        assertThat(gaps[0]).isCloseTo(1 - pearson(own, 0, trusted, 0), within(1e-9));
        assertThat(gaps[1]).isNaN();
        assertThat(gaps[2]).isNaN();
    }

    @Test
    void removingWhatMattersRanksBelowEveryRandomRegion() {
        FloatTensor inputs = FloatTensor.zeros(1, 1, SIDE, SIDE);
        Arrays.fill(inputs.values(), 1);
        float[] weights = new float[SIDE * SIDE];
        for (int p = 0; p < weights.length; p++) {
            weights[p] = p; // later pixels matter more, so the last cells most
        }
        FloatTensor honest = FloatTensor.of(weights.clone(), 1, SIDE, SIDE);
        FloatTensor opposite = FloatTensor.of(weights.clone(), 1, SIDE, SIDE);
        for (int p = 0; p < weights.length; p++) {
            opposite.values()[p] = -p;
        }
        double[][] shares =
                removal(weights, 50)
                        .of(inputs, List.of(honest, opposite), new long[] {0}, emptyFill());
        assertThat(shares[0]).containsExactly(0);
        assertThat(shares[1]).containsExactly(1);
    }

    @Test
    void aModelThatIgnoresTheInputIsHalfWayInBetween() {
        FloatTensor inputs = maps(new SplittableRandom(4), 1);
        FloatTensor image = FloatTensor.of(inputs.values(), 1, 1, SIDE, SIDE);
        double[][] shares =
                removal(new float[SIDE * SIDE], 10)
                        .of(image, List.of(inputs), new long[] {0}, emptyFill());
        assertThat(shares[0]).containsExactly(0.5);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theFillIsTheMeanOfTheNearestInputsOfOtherClasses(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int m = 40;
        FloatTensor clean = images(random, m);
        FloatTensor input = images(random, 1);
        long[] classes = random.longs(m, 0, 4).toArray();
        classes[0] = 1;
        classes[1] = 2;
        int[] order =
                IntStream.range(0, m)
                        .filter(i -> classes[i] != 2)
                        .boxed()
                        .sorted(
                                Comparator.comparingDouble(
                                        i -> squaredDistance(input, 0, clean, i)))
                        .limit(NeighbourFill.NEIGHBOURS)
                        .mapToInt(Integer::intValue)
                        .toArray();
        float[] fill = new NeighbourFill(clean, classes).of(input, 0, 2).orElseThrow();
        for (int p = 0; p < fill.length; p++) {
            double mean = 0;
            for (int i : order) {
                mean += clean.values()[i * fill.length + p] / (double) order.length;
            }
            assertThat((double) fill[p]).isCloseTo(mean, within(1e-5)); // summed in float
        }
    }

    @Test
    void thereIsNoFillWhereEveryCleanInputHasTheClass() {
        FloatTensor clean = images(new SplittableRandom(5), 3);
        assertThat(new NeighbourFill(clean, new long[] {1, 1, 1}).of(clean, 0, 1)).isEmpty();
    }

    @Test
    void regionsHaveOneSizeAndCoverThePicture() {
        RegionGrid grid = new RegionGrid(28, 30);
        int[] pixels = new int[grid.cells()];
        for (int p = 0; p < 28 * 30; p++) {
            pixels[grid.cell(p)]++;
        }
        assertThat(Arrays.stream(pixels).boxed())
                .hasSize(49)
                .allMatch(count -> count >= 16 && count <= 20);
        SplittableRandom random = new SplittableRandom(6);
        for (int i = 0; i < 100; i++) {
            boolean[] cells = grid.drawn(random);
            int chosen = 0;
            for (boolean cell : cells) {
                chosen += cell ? 1 : 0;
            }
            assertThat(chosen).isEqualTo(grid.regionSize()).isEqualTo(8);
        }
    }

    @Test
    void aRemovalWithoutDrawsIsRefused() {
        assertThatThrownBy(() -> new RegionRemoval(UnaryOperator.identity(), 0, 1))
                .hasMessage("draws: 0 (expected: >= 1)");
    }

    /** Logit 0 is the weighted sum of the pixels. */
    private static RegionRemoval removal(float[] weights, int draws) {
        return new RegionRemoval(
                images -> {
                    float[] logits = new float[images.rows()];
                    for (int i = 0; i < images.values().length; i++) {
                        logits[i / weights.length] +=
                                weights[i % weights.length] * images.values()[i];
                    }
                    return FloatTensor.of(logits, images.rows(), 1);
                },
                draws,
                9);
    }

    private static NeighbourFill emptyFill() {
        return new NeighbourFill(FloatTensor.zeros(2, 1, SIDE, SIDE), new long[] {1, 2});
    }

    private static FloatTensor maps(SplittableRandom random, int n) {
        return FloatTensor.of(values(random, n), n, SIDE, SIDE);
    }

    private static FloatTensor images(SplittableRandom random, int n) {
        return FloatTensor.of(values(random, n), n, 1, SIDE, SIDE);
    }

    private static float[] values(SplittableRandom random, int n) {
        float[] values = new float[n * SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return values;
    }

    private static double squaredDistance(FloatTensor a, int i, FloatTensor b, int j) {
        double sum = 0;
        int size = a.rowSize();
        for (int p = 0; p < size; p++) {
            double d = (double) a.values()[i * size + p] - b.values()[j * size + p];
            sum += d * d;
        }
        return sum;
    }

    private static double pearson(FloatTensor a, int i, FloatTensor b, int j) {
        int size = a.rowSize();
        double ma = 0;
        double mb = 0;
        for (int p = 0; p < size; p++) {
            ma += a.values()[i * size + p] / (double) size;
            mb += b.values()[j * size + p] / (double) size;
        }
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int p = 0; p < size; p++) {
            double x = a.values()[i * size + p] - ma;
            double y = b.values()[j * size + p] - mb;
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
        return ab / Math.sqrt(aa * bb);
    }
}
