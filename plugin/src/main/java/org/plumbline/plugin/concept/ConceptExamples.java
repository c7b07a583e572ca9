package org.plumbline.plugin.concept;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;

/**
 * Examples of one concept that obey every rule that can be checked without the model. Immutable as
 * long as the tensors are left alone.
 *
 * @param positives showing the concept
 * @param negatives without it
 * @param settings how the concept is fitted
 */
public record ConceptExamples(
        ConceptId name, Examples positives, Examples negatives, FitSettings settings) {
    /** Examples a side has at least: of fewer no quality can be told. */
    public static final int FEWEST = 2;

    /**
     * Checks the examples.
     *
     * @throws AuditException {@code BAD_DATA} naming concept, file and rule, if a side has fewer
     *     than {@value #FEWEST} examples, another shape than the other or values that are not
     *     finite, or if both sides hold the same examples
     */
    public ConceptExamples {
        check(name, positives);
        check(name, negatives);
        long[] expected = positives.inputs().shape();
        expected[0] = negatives.inputs().rows();
        if (!Arrays.equals(expected, negatives.inputs().shape())) {
            throw bad(
                    name,
                    negatives.source(),
                    Arrays.toString(negatives.inputs().shape()),
                    Arrays.toString(expected) + " as in " + positives.source());
        }
        if (Arrays.equals(rows(positives.inputs()), rows(negatives.inputs()))) {
            throw bad(
                    name,
                    positives.source(),
                    "equal to " + negatives.source(),
                    "different examples on both sides");
        }
    }

    /** Returns what identifies these examples and the way they are fitted. */
    public ConceptContent content() {
        return new ConceptContent(
                new ConceptContent.Side(positives.inputs().rows(), positives.digest()),
                new ConceptContent.Side(negatives.inputs().rows(), negatives.digest()),
                settings);
    }

    /** Returns the bytes both sides take as floats. */
    public long bytes() {
        return 4L
                * (positives.inputs().values().length + (long) negatives.inputs().values().length);
    }

    private static void check(ConceptId name, Examples side) {
        FloatTensor inputs = side.inputs();
        if (inputs.rank() != 4) {
            String shape = Arrays.toString(inputs.shape());
            throw bad(name, side.source(), shape, "[n, c, h, w]");
        }
        if (inputs.rows() < FEWEST) {
            throw bad(
                    name,
                    side.source(),
                    inputs.rows() + (inputs.rows() == 1 ? " example" : " examples"),
                    "at least " + FEWEST);
        }
        float[] values = inputs.values();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw bad(name, side.row(i / inputs.rowSize()), values[i], "finite values");
            }
        }
    }

    private static int[] rows(FloatTensor inputs) {
        int[] hashes = new int[inputs.rows()];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = inputs.row(i).hashCode();
        }
        Arrays.sort(hashes);
        return hashes;
    }

    private static AuditException bad(ConceptId name, String file, Object value, String expected) {
        return AuditException.of(
                ErrorCode.BAD_DATA, "concept " + name + ": " + file, value, expected);
    }
}
