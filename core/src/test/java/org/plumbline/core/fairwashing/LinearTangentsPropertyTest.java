package org.plumbline.core.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

class LinearTangentsPropertyTest {
    private static final int SIZE = 40;

    static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theProjectorEqualsThatOfASingularValueDecomposition(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor pool = normal(random, 60);
        FloatTensor points = normal(random, 3);
        TangentMode mode = List.of(TangentMode.values()).get((int) (seed % 3));
        int k = random.nextInt(4, 20);
        int d = random.nextInt(1, k - 1);
        LinearTangents tangents =
                new LinearTangents(ReferencePoints.of(pool), new TangentSettings(k, d, mode));
        FloatTensor r = normal(random, 3);
        FloatTensor actual = tangents.bases(points).project(r);
        for (int i = 0; i < 3; i++) {
            double[] expected = oracle(pool, points, r, i, k, d, mode);
            for (int j = 0; j < SIZE; j++) {
                // float32 bases of up to 20 columns
                assertThat((double) actual.values()[i * SIZE + j])
                        .isCloseTo(expected[j], within(2e-5));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void projectingTwiceChangesNothingAndTheRankIsTheDimension(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        LinearTangents tangents =
                new LinearTangents(
                        ReferencePoints.of(normal(random, 50)),
                        new TangentSettings(12, 7, TangentMode.CENTRED));
        FloatTensor points = normal(random, 2);
        TangentBases bases = tangents.bases(points);
        FloatTensor once = bases.project(normal(random, 2));
        FloatTensor twice = bases.project(once);
        assertThat(distance(once, twice)).isLessThan(1e-5 * length(once));
        assertThat(trace(bases, 0)).isCloseTo(7, within(1e-5));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(TangentMode.class)
    void aFlatManifoldKeepsItsOwnDirectionsAndLosesAllOthers(TangentMode mode) {
        SplittableRandom random = new SplittableRandom(7);
        float[] values = new float[80 * SIZE];
        for (int i = 0; i < 80; i++) {
            for (int j = 0; j < 3; j++) {
                values[i * SIZE + j] = (float) random.nextGaussian();
            }
        }
        FloatTensor pool = FloatTensor.of(values, 80, SIZE);
        LinearTangents tangents =
                new LinearTangents(
                        ReferencePoints.of(pool.slice(1, 80)), new TangentSettings(20, 6, mode));
        FloatTensor r = normal(random, 1);
        FloatTensor projected = tangents.bases(pool.slice(0, 1)).project(r);
        for (int j = 0; j < SIZE; j++) {
            float wanted = j < 3 ? r.values()[j] : 0;
            assertThat(projected.values()[j]).isCloseTo(wanted, within(1e-5f));
        }
    }

    @Test
    void neighboursComeFromThePointsOwnClass() {
        SplittableRandom random = new SplittableRandom(3);
        FloatTensor pool = normal(random, 40);
        long[] classes = new long[40];
        Arrays.setAll(classes, i -> i % 2);
        LinearTangents tangents =
                new LinearTangents(
                        ReferencePoints.byClass(pool, classes),
                        new TangentSettings(5, 2, TangentMode.STRICT));
        int[] near = tangents.nearest(normal(random, 1), 0, 5, Optional.of(1L)).rows();
        assertThat(Arrays.stream(near).map(i -> i % 2)).containsOnly(1);
    }

    @Test
    void refusesWhatCannotSpanASpace() {
        FloatTensor pool = normal(new SplittableRandom(1), 4);
        LinearTangents tangents =
                new LinearTangents(
                        ReferencePoints.of(pool), new TangentSettings(8, 2, TangentMode.MEMBER));
        assertThatThrownBy(() -> tangents.bases(pool))
                .isInstanceOf(AuditException.class)
                .hasMessage("reference points: 4 (expected: at least 8)");
        assertThatThrownBy(() -> new TangentSettings(8, 8, TangentMode.MEMBER))
                .hasMessage("dimension: 8 (expected: 1 to 7, one below neighbours)");
        float[] broken = pool.values().clone();
        broken[SIZE + 1] = Float.NaN;
        assertThatThrownBy(() -> ReferencePoints.of(FloatTensor.of(broken, 4, SIZE)))
                .hasMessage("reference points: NaN in row 1 (expected: finite numbers)");
    }

    /** Sorts all distances and decomposes the rows directly. */
    private static double[] oracle(
            FloatTensor pool,
            FloatTensor points,
            FloatTensor r,
            int row,
            int k,
            int d,
            TangentMode mode) {
        int taken = mode == TangentMode.CENTRED ? k - 1 : k;
        int[] near =
                IntStream.range(0, pool.rows())
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> square(pool, i, points, row)))
                        .limit(taken)
                        .mapToInt(Integer::intValue)
                        .toArray();
        DMatrixRMaj x = new DMatrixRMaj(k, SIZE);
        for (int j = 0; j < SIZE; j++) {
            double sum = 0;
            for (int i = 0; i < k; i++) {
                double value =
                        i < taken
                                ? pool.values()[near[i] * SIZE + j]
                                : points.values()[row * SIZE + j];
                x.set(i, j, value);
                sum += value;
            }
            double origin = mode == TangentMode.STRICT ? points.values()[row * SIZE + j] : sum / k;
            for (int i = 0; i < k; i++) {
                x.set(i, j, x.get(i, j) - origin);
            }
        }
        SingularValueDecomposition_F64<DMatrixRMaj> svd =
                DecompositionFactory_DDRM.svd(k, SIZE, false, true, true);
        assertThat(svd.decompose(x)).isTrue();
        DMatrixRMaj v = svd.getV(null, true);
        SingularOps_DDRM.descendingOrder(null, false, svd.getW(null), v, true);
        double[] out = new double[SIZE];
        for (int c = 0; c < d; c++) {
            double coordinate = 0;
            for (int j = 0; j < SIZE; j++) {
                coordinate += v.get(c, j) * r.values()[row * SIZE + j];
            }
            for (int j = 0; j < SIZE; j++) {
                out[j] += v.get(c, j) * coordinate;
            }
        }
        return out;
    }

    private static double square(FloatTensor a, int i, FloatTensor b, int j) {
        double sum = 0;
        for (int p = 0; p < SIZE; p++) {
            double difference = (double) a.values()[i * SIZE + p] - b.values()[j * SIZE + p];
            sum += difference * difference;
        }
        return sum;
    }

    private static double trace(TangentBases bases, int row) {
        double sum = 0;
        for (float value : bases.vectors().slice(row, row + 1).values()) {
            sum += (double) value * value;
        }
        return sum;
    }

    private static double distance(FloatTensor a, FloatTensor b) {
        double sum = 0;
        for (int i = 0; i < a.values().length; i++) {
            sum += Math.pow((double) a.values()[i] - b.values()[i], 2);
        }
        return Math.sqrt(sum);
    }

    private static double length(FloatTensor a) {
        return distance(a, FloatTensor.zeros(a.shape()));
    }

    private static FloatTensor normal(SplittableRandom random, int rows) {
        float[] values = new float[rows * SIZE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return FloatTensor.of(values, rows, SIZE);
    }
}
