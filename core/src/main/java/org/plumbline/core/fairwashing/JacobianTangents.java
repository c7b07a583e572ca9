package org.plumbline.core.fairwashing;

import org.ejml.data.DMatrixRMaj;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Tangent spaces from Jacobians of which only products are known: their leading left singular
 * vectors by subspace iteration from random directions, until the Ritz values settle. With as many
 * directions as a Jacobian has rows the result is exact. Immutable.
 *
 * <p>Source: Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 2011,
 * algorithm 4.4 with orthonormalisation at every step, and 5.1.
 */
public final class JacobianTangents {
    /** Directions carried along beside those that are asked for. */
    private static final int OVERSAMPLING = 10;

    private static final double SETTLED = 1e-3; // relative change of a Ritz value
    private static final double NOISE = 1e-5; // of products in float32, relative to the largest
    private static final int MOST_ITERATIONS = 50;

    private final int dimension;
    private final long seed;

    /** Products with the Jacobians {@code J_i [D, L]} of some samples. */
    public interface Jacobians {
        /** Returns the number of samples. */
        int samples();

        /** Returns {@code D}. */
        int size();

        /**
         * Returns {@code J_i^T v} for rows {@code v}.
         *
         * @param vectors {@code [samples, k, D]}
         * @return {@code [samples, k, L]}
         */
        FloatTensor back(FloatTensor vectors);

        /**
         * Returns {@code J_i J_i^T v} for rows {@code v}.
         *
         * @param vectors {@code [samples, k, D]}
         * @return {@code [samples, k, D]}
         */
        FloatTensor backAndForth(FloatTensor vectors);
    }

    /**
     * Asks for spaces of so many dimensions.
     *
     * @param dimension at least 1
     * @param seed decides the first directions
     */
    public JacobianTangents(int dimension, long seed) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension: " + dimension + " (expected: >= 1)");
        }
        this.dimension = dimension;
        this.seed = seed;
    }

    /** Returns how many directions are carried along for each sample of {@code D} values. */
    public int width(int size) {
        return Math.min(size, dimension + OVERSAMPLING);
    }

    /**
     * Returns the space of every sample; of lower rank where the Jacobian is.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} for more dimensions than a sample has values
     */
    public List<TangentSpace> of(Jacobians jacobians) {
        int size = jacobians.size();
        if (dimension > size) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "dimension",
                    dimension,
                    "at most " + size + ", the values of an input");
        }
        int width = width(size);
        List<Frame> frames = new ArrayList<>();
        for (int i = 0; i < jacobians.samples(); i++) {
            frames.add(Frame.drawn(width, size, new SplittableRandom(seed + i)));
        }
        double[][] ritz = new double[frames.size()][width];
        for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
            FloatTensor moved = jacobians.backAndForth(Frame.stack(frames));
            boolean settled = true;
            for (int i = 0; i < frames.size(); i++) {
                Frame image = Frame.of(moved, i);
                double[] values = eigen(frames.get(i).products(image)).values();
                settled &= settled(ritz[i], values);
                ritz[i] = values;
                frames.set(i, image.orthonormal(new SplittableRandom(seed ^ ~(long) iteration)));
            }
            if (settled) {
                break;
            }
        }
        return spaces(frames, jacobians.back(Frame.stack(frames)));
    }

    private boolean settled(double[] before, double[] now) {
        double noise = Math.abs(now[0]) * NOISE;
        return IntStream.range(0, dimension)
                .allMatch(j -> Math.abs(now[j] - before[j]) <= Math.max(noise, SETTLED * now[j]));
    }

    /** Turns each frame onto the singular vectors within it. */
    private List<TangentSpace> spaces(List<Frame> frames, FloatTensor back) {
        List<TangentSpace> spaces = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            Frame images = Frame.of(back, i);
            Eigen eigen = eigen(images.products(images));
            double[] singular = new double[dimension];
            double largest = eigen.singular(0);
            for (int j = 0; j < dimension; j++) {
                double value = eigen.singular(j);
                singular[j] = value > NOISE * largest ? value : 0;
            }
            spaces.add(
                    new TangentSpace(
                            frames.get(i).turned(eigen, singular), DenseVector.copyOf(singular)));
        }
        return spaces;
    }

    private static Eigen eigen(DMatrixRMaj products) {
        return Eigen.of(products)
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.BAD_DATA,
                                        "jacobian",
                                        "no singular values",
                                        "finite products"));
    }
}
