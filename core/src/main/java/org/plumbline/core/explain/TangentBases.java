package org.plumbline.core.explain;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpzFile;

import java.nio.file.Path;

/**
 * An orthonormal basis of the data manifold's tangent space at each sample. Borrows its array.
 *
 * <p>Source: Anders et al., "Fairwashing Explanations with Off-Manifold Detergent", ICML 2020,
 * section 4; {@code fairwashing/fairwashing} (4ce9fa4), array {@code v} of its projectors.
 *
 * @param vectors {@code [n, D, d]}, {@code D} = values of an input; the {@code d} columns of each
 *     sample have length 1, or 0 where the space has fewer dimensions, and are orthogonal, within
 *     1e-3
 */
public record TangentBases(FloatTensor vectors) {
    private static final double TOLERANCE = 1e-3;
    private static final String ARRAY = "v";

    public TangentBases {
        if (vectors.rank() != 3 || vectors.values().length == 0) {
            throw refused("tangent", vectors, "[n,D,d], no extent 0");
        }
        if (vectors.extent(2) > vectors.extent(1)) {
            throw refused("tangent", vectors, "at most D vectors of D values");
        }
        for (int row = 0; row < vectors.rows(); row++) {
            requireOrthonormal(vectors, row);
        }
    }

    /**
     * Reads array {@code v} of an {@code .npz} file.
     *
     * @param inputs {@code [n, c, h, w]}, what the file has to fit
     * @throws AuditException {@code BAD_DATA} if it does not
     */
    public static TangentBases read(Path file, FloatTensor inputs) {
        long size = inputs.rowSize();
        long limit = Math.multiplyExact(inputs.rows() * size * Double.BYTES, size);
        TangentBases bases = new TangentBases(NpzFile.readFloats(file, ARRAY, limit));
        bases.requireFit(inputs);
        return bases;
    }

    /**
     * Returns attributions without what points off the manifold: {@code V Vᵀ r} for each sample.
     *
     * @param relevance {@code [n, c, h, w]}
     * @throws AuditException {@code BAD_DATA} if the number of samples or values differs
     */
    public FloatTensor project(FloatTensor relevance) {
        requireFit(relevance);
        float[] out = new float[relevance.values().length];
        for (int row = 0; row < relevance.rows(); row++) {
            project(relevance.values(), row, out);
        }
        return FloatTensor.of(out, relevance.shape());
    }

    private void requireFit(FloatTensor samples) {
        if (samples.rows() != vectors.rows() || samples.rowSize() != vectors.extent(1)) {
            throw refused(
                    "tangent", vectors, "[" + samples.rows() + "," + samples.rowSize() + ",d]");
        }
    }

    private void project(float[] values, int row, float[] out) {
        int size = vectors.extent(1);
        int dimension = vectors.extent(2);
        float[] v = vectors.values();
        double[] coordinates = new double[dimension];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < dimension; j++) {
                coordinates[j] +=
                        (double) v[(row * size + i) * dimension + j] * values[row * size + i];
            }
        }
        for (int i = 0; i < size; i++) {
            double sum = 0;
            for (int j = 0; j < dimension; j++) {
                sum += v[(row * size + i) * dimension + j] * coordinates[j];
            }
            out[row * size + i] = (float) sum;
        }
    }

    private static void requireOrthonormal(FloatTensor vectors, int row) {
        int dimension = vectors.extent(2);
        double[] gram = gram(vectors, row);
        for (int i = 0; i < dimension; i++) {
            double square = gram[i * dimension + i];
            double wanted = square < 0.5 ? 0 : 1;
            for (int j = 0; j < dimension; j++) {
                double product = gram[i * dimension + j];
                if (!(Math.abs(product - (i == j ? wanted : 0)) <= TOLERANCE)) {
                    throw refused(
                            "tangent",
                            "product " + product + " of vectors " + i + " and " + j + " of " + row,
                            i == j ? "length 1 or 0" : "orthogonal vectors");
                }
            }
        }
    }

    private static double[] gram(FloatTensor vectors, int row) {
        int dimension = vectors.extent(2);
        double[] gram = new double[dimension * dimension];
        int from = row * vectors.rowSize();
        for (int at = from; at < from + vectors.rowSize(); at += dimension) {
            for (int i = 0; i < dimension; i++) {
                for (int j = 0; j < dimension; j++) {
                    gram[i * dimension + j] +=
                            (double) vectors.values()[at + i] * vectors.values()[at + j];
                }
            }
        }
        return gram;
    }

    private static AuditException refused(String field, Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_DATA, field, value, expected);
    }
}
