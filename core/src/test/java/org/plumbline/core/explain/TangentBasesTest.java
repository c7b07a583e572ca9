package org.plumbline.core.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.tensor.FloatTensor;

import java.util.SplittableRandom;

class TangentBasesTest {
    private static final int ROWS = 3;
    private static final int SIZE = 12;
    private static final int DIMENSION = 4;
    private static final double FLOATS = 1e-5; // single precision of sums over 12 values

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void theRestIsOrthogonalToTheSpaceAndTheProjectionStays(long seed) {
        double[][][] basis = basis(new SplittableRandom(seed));
        TangentBases bases = new TangentBases(tensor(basis));
        FloatTensor relevance = random(new SplittableRandom(seed + 100));
        FloatTensor projected = bases.project(relevance);
        assertThat(projected.shape()).containsExactly(ROWS, 3, 2, 2);
        for (int row = 0; row < ROWS; row++) {
            for (double[] vector : basis[row]) {
                double off = 0;
                for (int i = 0; i < SIZE; i++) {
                    int at = row * SIZE + i;
                    off += vector[i] * (relevance.values()[at] - projected.values()[at]);
                }
                assertThat(off).isCloseTo(0, within(FLOATS));
            }
        }
        FloatTensor again = bases.project(projected);
        for (int i = 0; i < again.values().length; i++) {
            assertThat((double) again.values()[i]).isCloseTo(projected.values()[i], within(FLOATS));
        }
    }

    @Test
    void axesKeepTheirValuesAndDropTheOthers() {
        float[] v = new float[SIZE * 2];
        v[3 * 2] = 1; // first vector: value 3
        v[7 * 2 + 1] = -1; // second: value 7
        FloatTensor relevance = FloatTensor.of(new float[SIZE], 1, 3, 2, 2);
        for (int i = 0; i < SIZE; i++) {
            relevance.values()[i] = i + 1;
        }
        float[] projected =
                new TangentBases(FloatTensor.of(v, 1, SIZE, 2)).project(relevance).values();
        float[] wanted = new float[SIZE];
        wanted[3] = 4;
        wanted[7] = 8;
        assertThat(projected).containsExactly(wanted);
    }

    @Test
    void aBasisOfZerosLeavesNothing() {
        TangentBases bases = new TangentBases(FloatTensor.zeros(ROWS, SIZE, 2));
        assertThat(bases.project(random(new SplittableRandom(1))).values()).containsOnly(0f);
    }

    @Test
    void basesThatAreNotOrthonormalAreRefused() {
        FloatTensor scaled = tensor(basis(new SplittableRandom(4)));
        scaled.values()[0] += 0.1f;
        refused(scaled, "tangent: product ");
        FloatTensor odd = tensor(basis(new SplittableRandom(4)));
        odd.values()[SIZE * DIMENSION] = Float.NaN;
        refused(odd, "tangent: product NaN");
        refused(FloatTensor.zeros(2, 3), "tangent: FloatTensor[2, 3] (expected: [n,D,d]");
        refused(FloatTensor.zeros(1, 2, 3), "tangent: FloatTensor[1, 2, 3] (expected: at most D");
        refused(FloatTensor.zeros(0, 2, 2), "tangent: ");
    }

    @Test
    void basesOfOtherSamplesAreRefused() {
        TangentBases bases = new TangentBases(FloatTensor.zeros(ROWS, SIZE, 2));
        for (FloatTensor other :
                new FloatTensor[] {
                    FloatTensor.zeros(ROWS + 1, 3, 2, 2), FloatTensor.zeros(ROWS, 3, 2, 3)
                }) {
            assertThatThrownBy(() -> bases.project(other))
                    .isInstanceOf(AuditException.class)
                    .hasMessageStartingWith("tangent: ");
        }
    }

    private static void refused(FloatTensor vectors, String message) {
        assertThatThrownBy(() -> new TangentBases(vectors))
                .isInstanceOf(AuditException.class)
                .hasMessageStartingWith(message);
    }

    /** Gram-Schmidt on random vectors, {@code [rows][d][D]}. */
    private static double[][][] basis(SplittableRandom random) {
        double[][][] all = new double[ROWS][DIMENSION][SIZE];
        for (double[][] basis : all) {
            for (int j = 0; j < DIMENSION; j++) {
                basis[j] = random.doubles(SIZE, -1, 1).toArray();
                for (int k = 0; k < j; k++) {
                    double product = dot(basis[j], basis[k]);
                    for (int i = 0; i < SIZE; i++) {
                        basis[j][i] -= product * basis[k][i];
                    }
                }
                double length = Math.sqrt(dot(basis[j], basis[j]));
                for (int i = 0; i < SIZE; i++) {
                    basis[j][i] /= length;
                }
            }
        }
        return all;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static FloatTensor tensor(double[][][] basis) {
        float[] v = new float[ROWS * SIZE * DIMENSION];
        for (int at = 0; at < v.length; at++) {
            int row = at / (SIZE * DIMENSION);
            v[at] = (float) basis[row][at % DIMENSION][at / DIMENSION % SIZE];
        }
        return FloatTensor.of(v, ROWS, SIZE, DIMENSION);
    }

    private static FloatTensor random(SplittableRandom random) {
        float[] values = new float[ROWS * SIZE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return FloatTensor.of(values, ROWS, 3, 2, 2);
    }
}
