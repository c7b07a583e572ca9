package org.plumbline.core.instrument;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.plumbline.core.tensor.DenseVector;

import java.util.List;

/**
 * A move of a layer's value to given levels of concepts, at every location by the same vector.
 *
 * <p>{@code A' = A + ((z - l(A)) * s) W H} where the rows of {@code H [k, d]} are the directions,
 * {@code l(A) = a(A) H^T} the projections of the pooled channels, {@code z} the levels, {@code s}
 * the strengths and {@code W = (H H^T + 1e-6 I)^-1}. For one direction {@code h} it is P-ClArC's
 * {@code A + ((z - l) / (h.h + 1e-6)) h}, and A-ClArC's with the level of examples that show the
 * concept. Several are reached at once and in no order, by the shortest move: at strength 1 the
 * value's part in their span becomes what the levels say. One after the other, as single
 * projections, each would undo part of those before unless they are orthogonal.
 *
 * <p>Source: Anders et al., "Finding and removing Clever Hans", Information Fusion 2022; its code's
 * stabiliser; for several directions the orthogonal projection onto their span's complement, as in
 * Belrose et al., "LEACE", NeurIPS 2023, moved to the levels. Immutable.
 *
 * @param moves directions of one dimension {@code d}, none near the span of the others; at least
 *     one, at most 64
 */
public record Projection(List<Move> moves) {
    private static final int MOST = 64;
    private static final double STABILISER = 1e-6;

    /** Squared sine of the smallest angle between a direction and the span of the others. */
    private static final double APART = 1e-3;

    /**
     * One direction and how far to go along it. Immutable.
     *
     * @param direction {@code [d]}, finite, not zero; CAVs have length 1
     * @param level projection aimed at, in units of activation; finite
     * @param strength share of the way: 0 changes nothing, 1 reaches the level; finite
     * @param maximum whether channels are pooled by maximum over locations, else by mean
     */
    public record Move(DenseVector direction, double level, double strength, boolean maximum) {
        /** Checks the numbers. */
        public Move {
            double norm = direction.norm();
            if (!(norm > 0 && Double.isFinite(norm))) { // negated so that NaN is rejected too
                throw new IllegalArgumentException(
                        "direction: length " + norm + " (expected: above 0, finite)");
            }
            if (!Double.isFinite((float) level) || !Double.isFinite((float) strength)) {
                throw new IllegalArgumentException(
                        "projection: level "
                                + level
                                + ", strength "
                                + strength
                                + " (expected: finite)");
            }
        }
    }

    /** Copies the moves and checks that their levels can be reached together. */
    public Projection {
        moves = List.copyOf(moves);
        if (moves.isEmpty() || moves.size() > MOST) {
            throw new IllegalArgumentException(
                    "directions: " + moves.size() + " (expected: 1 to " + MOST + ")");
        }
        requireApart(gram(moves));
    }

    /** Moves all the way to one level along one direction. */
    public static Projection of(DenseVector direction, double level, boolean maximum) {
        return new Projection(List.of(new Move(direction, level, 1, maximum)));
    }

    /** Returns the number of channels, {@code d}. */
    public int dimension() {
        return moves.get(0).direction().dimension();
    }

    /** Returns the directions {@code H [k, d]}, row by row. */
    public float[] directions() {
        float[] rows = new float[moves.size() * dimension()];
        for (int j = 0; j < moves.size(); j++) {
            System.arraycopy(
                    moves.get(j).direction().toArray(), 0, rows, j * dimension(), dimension());
        }
        return rows;
    }

    /** Returns the levels {@code z [k]}. */
    public float[] levels() {
        float[] levels = new float[moves.size()];
        for (int j = 0; j < levels.length; j++) {
            levels[j] = (float) moves.get(j).level();
        }
        return levels;
    }

    /** Returns {@code -diag(s) W [k, k]}, row by row: what {@code l - z} is multiplied by. */
    public float[] weights() {
        int k = moves.size();
        DMatrixRMaj inverse = gram(moves);
        for (int j = 0; j < k; j++) {
            inverse.add(j, j, STABILISER);
        }
        CommonOps_DDRM.invert(inverse);
        float[] weights = new float[k * k];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (-moves.get(i / k).strength() * inverse.get(i));
        }
        return weights;
    }

    /** Returns 1 where channels are pooled by maximum, else 0; {@code [k]}. */
    public float[] maxima() {
        float[] maxima = new float[moves.size()];
        for (int j = 0; j < maxima.length; j++) {
            maxima[j] = moves.get(j).maximum() ? 1 : 0;
        }
        return maxima;
    }

    private static DMatrixRMaj gram(List<Move> moves) {
        int k = moves.size();
        DMatrixRMaj gram = new DMatrixRMaj(k, k);
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                gram.set(i, j, moves.get(i).direction().dot(moves.get(j).direction()));
            }
        }
        return gram;
    }

    /**
     * The squared pivots of Cholesky's factor are squared distances to the span of those before.
     */
    private static void requireApart(DMatrixRMaj gram) {
        CholeskyDecomposition_F64<DMatrixRMaj> factor =
                DecompositionFactory_DDRM.chol(gram.getNumRows(), true);
        boolean positive = factor.decompose(gram.copy());
        DMatrixRMaj lower = positive ? factor.getT(null) : gram;
        for (int j = 0; j < gram.getNumRows(); j++) {
            double pivot = lower.get(j, j);
            if (!positive || pivot * pivot < APART * gram.get(j, j)) {
                throw new IllegalArgumentException(
                        "directions: "
                                + (positive ? "number " + (j + 1) + " lies" : "some lie")
                                + " in the span of others (expected: at least 1.8 degrees apart)");
            }
        }
    }
}
