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
public record TangentSpace(FloatTensor basis, DenseVector singularValues) {}
