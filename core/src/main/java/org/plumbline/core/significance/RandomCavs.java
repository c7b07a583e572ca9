package org.plumbline.core.significance;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.SplittableRandom;

/**
 * Random CAVs of one layer: the directions that the {@code signal} estimator finds when examples
 * are called "with" and "without" the concept by chance. Closed form, seeded, made once per model
 * version and reused for every concept and class. Immutable.
 *
 * <p><b>Null hypothesis</b>: a concept's examples with and without it are a random split of the
 * layer's examples, in the sizes used here. Under it, whatever the audited traffic, the concept's
 * CAV and the random ones are exchangeable, so every ranking of a statistic of theirs is equally
 * likely and {@link RankTest} is exact. For a concept with other group sizes this holds in the
 * limit of many examples, where a unit-length split CAV is a normalised draw from {@code N(0,
 * covariance of the activations)} whatever the sizes; for another estimator than {@code signal} it
 * is a comparison with such draws, not a permutation test.
 *
 * <p>Source: random CAVs of Kim et al., ICML 2018; Pitman 1937 and Hemerik and Goeman, "Exact
 * testing with random permutations", TEST 2018, for the reference set; Hoeffding, Annals of
 * Mathematical Statistics 1951, for the limit.
 */
public final class RandomCavs {
    private final int count;
    private final int dimension;
    private final float[] columns; // component c of all CAVs lies at c * count

    private RandomCavs(int count, int dimension, float[] columns) {
        this.count = count;
        this.dimension = dimension;
        this.columns = columns;
    }

    /**
     * Draws splits.
     *
     * @param activations pooled examples of the layer, {@code [n, d]}; for an exact test those of
     *     the concept, else of all its concepts
     * @param positives examples per split called "with", at least 1
     * @param negatives examples per split called "without", at least 1; together at most n
     * @param count random CAVs, at least 1; the smallest p-value is {@code 1 / (count + 1)}
     * @param seed same seed, same CAVs
     * @throws AuditException {@code BAD_DATA} if a value is not finite, the sizes do not fit or a
     *     split has equal means
     */
    public static RandomCavs ofSplits(
            FloatTensor activations, int positives, int negatives, int count, long seed) {
        int n = activations.rows();
        if (positives < 1 || negatives < 1 || positives > n - negatives) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "split",
                    positives + " and " + negatives,
                    "at least 1 each, at most " + n + " together");
        }
        if (count < 1) {
            throw new IllegalArgumentException("count: " + count + " (expected: >= 1)");
        }
        int d = activations.rowSize();
        float[] columns = new float[Math.multiplyExact(d, count)];
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (int r = 0; r < count; r++) {
            shuffle(order, positives + negatives, random);
            double[] cav = signal(activations, order, positives, negatives);
            for (int c = 0; c < d; c++) {
                columns[c * count + r] = (float) cav[c];
            }
        }
        return new RandomCavs(count, d, columns);
    }

    /** Returns the number of CAVs, {@code R}. */
    public int count() {
        return count;
    }

    /** Returns the number of components of each, {@code d}. */
    public int dimension() {
        return dimension;
    }

    /** Returns the unit directions {@code [R, d]}, for a bank on the device. */
    public FloatTensor directions() {
        float[] rows = new float[columns.length];
        for (int c = 0; c < dimension; c++) {
            for (int r = 0; r < count; r++) {
                rows[r * dimension + c] = columns[c * count + r];
            }
        }
        return FloatTensor.of(rows, count, dimension);
    }

    /**
     * Returns the sensitivities {@code [R]} along every random CAV: sensitivity is linear in the
     * CAV, so this is one product of the gradient, averaged over locations, with a matrix.
     *
     * @param meanGradient {@code [d]}
     */
    public float[] sensitivities(DenseVector meanGradient) {
        if (meanGradient.dimension() != dimension) {
            throw new IllegalArgumentException(
                    "gradient: " + meanGradient.dimension() + " (expected: " + dimension + ")");
        }
        float[] out = new float[count];
        int c = 0;
        for (; c + 4 <= dimension; c += 4) { // four at a time: out is read and written less often
            addFour(out, meanGradient, c);
        }
        for (; c < dimension; c++) {
            float g = meanGradient.at(c);
            for (int r = 0; r < out.length; r++) {
                out[r] += g * columns[c * count + r];
            }
        }
        return out;
    }

    private void addFour(float[] out, DenseVector gradient, int c) {
        float g0 = gradient.at(c);
        float g1 = gradient.at(c + 1);
        float g2 = gradient.at(c + 2);
        float g3 = gradient.at(c + 3);
        int first = c * count;
        int second = first + count;
        int third = second + count;
        int fourth = third + count;
        for (int r = 0; r < out.length; r++) {
            out[r] +=
                    g0 * columns[first + r]
                            + g1 * columns[second + r]
                            + g2 * columns[third + r]
                            + g3 * columns[fourth + r];
        }
    }

    private static void shuffle(int[] order, int picked, SplittableRandom random) {
        for (int i = 0; i < picked; i++) {
            int j = random.nextInt(i, order.length);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
    }

    private static double[] signal(
            FloatTensor activations, int[] order, int positives, int negatives) {
        int d = activations.rowSize();
        float[] values = activations.values();
        double[] slope = new double[d];
        for (int i = 0; i < positives + negatives; i++) {
            double weight = i < positives ? 1.0 / positives : -1.0 / negatives;
            for (int c = 0; c < d; c++) {
                slope[c] += weight * values[order[i] * d + c];
            }
        }
        double norm = 0;
        for (double component : slope) {
            norm += component * component;
        }
        if (!Double.isFinite(norm) || norm == 0) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "activations",
                    norm == 0 ? "equal means" : "not finite",
                    "finite values that differ between examples");
        }
        for (int c = 0; c < d; c++) {
            slope[c] /= Math.sqrt(norm);
        }
        return slope;
    }
}
