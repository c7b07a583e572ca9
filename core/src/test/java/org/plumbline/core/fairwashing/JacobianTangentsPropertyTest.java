package org.plumbline.core.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.NormOps_DDRM;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.tensor.FloatTensor;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Spaces found from products alone, beside singular value decompositions of whole matrices. */
class JacobianTangentsPropertyTest {
    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    private static DMatrixRMaj gaussian(int rows, int columns, SplittableRandom random) {
        DMatrixRMaj matrix = new DMatrixRMaj(rows, columns);
        for (int i = 0; i < matrix.data.length; i++) {
            matrix.data[i] = random.nextGaussian();
        }
        return matrix;
    }

    /** Returns the leading left singular vectors as columns, and the singular values. */
    private static Reference reference(DMatrixRMaj matrix, int kept) {
        SingularValueDecomposition_F64<DMatrixRMaj> svd =
                DecompositionFactory_DDRM.svd(true, false, true);
        svd.decompose(matrix.copy());
        DMatrixRMaj u = svd.getU(null, false);
        double[] values = svd.getSingularValues().clone();
        SingularOps_DDRM.descendingOrder(u, false, values, values.length, null, false);
        return new Reference(CommonOps_DDRM.extract(u, 0, u.numRows, 0, kept), values);
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Reference(DMatrixRMaj basis, double[] values) {
        DMatrixRMaj projector() {
            return outer(basis);
        }
    }

    private static DMatrixRMaj outer(DMatrixRMaj columns) {
        DMatrixRMaj out = new DMatrixRMaj(columns.numRows, columns.numRows);
        CommonOps_DDRM.multTransB(columns, columns, out);
        return out;
    }

    private static double distance(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj difference = new DMatrixRMaj(a.numRows, a.numCols);
        CommonOps_DDRM.subtract(a, b, difference);
        return NormOps_DDRM.normF(difference);
    }

    /** Matrices with singular values 1, 0.8, 0.64, ... cut off at a rank. */
    private static DMatrixRMaj decaying(int size, int latent, int rank, SplittableRandom random) {
        DMatrixRMaj left = reference(gaussian(size, rank, random), rank).basis();
        DMatrixRMaj right = reference(gaussian(latent, rank, random), rank).basis();
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < rank; j++) {
                left.set(i, j, left.get(i, j) * Math.pow(0.8, j));
            }
        }
        DMatrixRMaj product = new DMatrixRMaj(size, latent);
        CommonOps_DDRM.multTransB(left, right, product);
        return product;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void spacesAreThoseOfTheWholeMatrices(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int size = 20 + random.nextInt(60);
        int latent = 20 + random.nextInt(60);
        int dimension = 1 + random.nextInt(8);
        int rank = 2 + random.nextInt(18);
        DMatrixRMaj one = decaying(size, latent, rank, random);
        DMatrixRMaj other = decaying(size, latent, rank / 2, random);
        List<TangentSpace> spaces =
                new JacobianTangents(dimension, seed).of(new Dense(List.of(one, other)));
        requireSame(one, spaces.get(0), dimension, rank);
        requireSame(other, spaces.get(1), dimension, rank / 2);
    }

    private static void requireSame(
            DMatrixRMaj matrix, TangentSpace space, int dimension, int rank) {
        int kept = Math.min(dimension, rank);
        assertThat(space.rank()).isEqualTo(kept);
        DMatrixRMaj v = matrix(space.basis());
        DMatrixRMaj projector = outer(v);
        DMatrixRMaj twice = new DMatrixRMaj(projector.numRows, projector.numCols);
        CommonOps_DDRM.mult(projector, projector, twice);
        assertThat(distance(twice, projector)).isLessThan(1e-5);
        DMatrixRMaj gram = new DMatrixRMaj(dimension, dimension);
        CommonOps_DDRM.multTransA(v, v, gram);
        DMatrixRMaj identity = new DMatrixRMaj(dimension, dimension);
        for (int j = 0; j < kept; j++) {
            identity.set(j, j, 1);
        }
        assertThat(distance(gram, identity)).isLessThan(1e-5);
        Reference reference = reference(matrix, kept);
        // Ritz values settle to 1e-3, directions to its root
        assertThat(distance(projector, reference.projector())).isLessThan(0.05);
        for (int j = 0; j < kept; j++) {
            assertThat((double) space.singularValues().at(j))
                    .isCloseTo(reference.values()[j], within(1e-3));
        }
    }

    private static DMatrixRMaj matrix(FloatTensor values) {
        DMatrixRMaj matrix = new DMatrixRMaj(values.extent(0), values.extent(1));
        for (int i = 0; i < values.values().length; i++) {
            matrix.data[i] = values.values()[i];
        }
        return matrix;
    }

    @Test
    void asManyDirectionsAsValuesAreExact() {
        DMatrixRMaj whole = gaussian(9, 30, new SplittableRandom(1));
        TangentSpace space = new JacobianTangents(4, 1).of(new Dense(List.of(whole))).get(0);
        assertThat(distance(outer(matrix(space.basis())), reference(whole, 4).projector()))
                .isLessThan(1e-5);
    }

    @Test
    void moreDimensionsThanValuesAreRefused() {
        Dense small = new Dense(List.of(new DMatrixRMaj(3, 5)));
        assertThatThrownBy(() -> new JacobianTangents(4, 1).of(small))
                .hasMessageContaining("dimension: 4 (expected: at most 3, the values of an input)");
    }

    /** Products of matrices that are there, rounded as native ones are. */
    private record Dense(List<DMatrixRMaj> matrices) implements JacobianTangents.Jacobians {
        @Override
        public int samples() {
            return matrices.size();
        }

        @Override
        public int size() {
            return matrices.get(0).numRows;
        }

        @Override
        public FloatTensor back(FloatTensor vectors) {
            return products(vectors, false);
        }

        @Override
        public FloatTensor backAndForth(FloatTensor vectors) {
            return products(vectors, true);
        }

        private FloatTensor products(FloatTensor vectors, boolean forth) {
            int width = vectors.extent(1);
            int length = forth ? size() : matrices.get(0).numCols;
            FloatTensor out = FloatTensor.zeros(samples(), width, length);
            for (int s = 0; s < samples(); s++) {
                DMatrixRMaj rows =
                        matrix(FloatTensor.of(vectors.slice(s, s + 1).values(), width, size()));
                DMatrixRMaj back = new DMatrixRMaj(width, matrices.get(s).numCols);
                CommonOps_DDRM.mult(rows, matrices.get(s), back);
                DMatrixRMaj product = back;
                if (forth) {
                    product = new DMatrixRMaj(width, size());
                    CommonOps_DDRM.multTransB(back, matrices.get(s), product);
                }
                for (int i = 0; i < product.data.length; i++) {
                    out.values()[s * width * length + i] = (float) product.data[i];
                }
            }
            return out;
        }
    }
}
