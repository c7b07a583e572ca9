package org.plumbline.core.fairwashing;

import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

/**
 * The tangent space at one point. Immutable.
 *
 * @param basis {@code [D, d]}, orthonormal columns in the order of their singular values; zeros
 *     where the neighbours span fewer dimensions
 * @param singularValues {@code [d]}, descending, in units of the inputs
 */
public record TangentSpace(FloatTensor basis, DenseVector singularValues) {
    // below this share of the largest singular value the Gram matrix holds rounding alone
    private static final double NEGLIGIBLE = 1e-6;

    static boolean isNegligible(double singularValue, double largest) {
        return !(singularValue > NEGLIGIBLE * largest);
    }

    /** Returns how many dimensions the neighbours span, at most {@code d}. */
    public int rank() {
        int rank = 0;
        while (rank < singularValues.dimension()
                && !isNegligible(singularValues.at(rank), singularValues.at(0))) {
            rank++;
        }
        return rank;
    }
}
