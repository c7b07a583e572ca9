package org.plumbline.core.cav;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;

/**
 * Pooled activations with and without a concept: {@code [n, d]} and one label a row, both groups
 * present. Immutable as long as the tensor given is left alone.
 */
public final class LabelledActivations {
    private final FloatTensor activations;
    private final long[] concept;
    private final int positives;

    private LabelledActivations(FloatTensor activations, long[] concept, int positives) {
        this.activations = activations;
        this.concept = concept;
        this.positives = positives;
    }

    /**
     * Returns labelled activations.
     *
     * @param activations {@code [n, d]}, not copied
     * @param concept 1 with the concept, 0 without; {@code n} entries
     * @throws AuditException {@code BAD_DATA} for other axes or labels, or if a group is missing
     */
    public static LabelledActivations of(FloatTensor activations, long[] concept) {
        if (activations.rank() != 2 || activations.extent(1) == 0) {
            throw bad("activations", activations, "pooled, two axes [n, d]");
        }
        if (concept.length != activations.rows()) {
            throw bad("concept", concept.length, activations.rows() + " labels");
        }
        int positives = 0;
        for (long label : concept) {
            if (label != 0 && label != 1) {
                throw bad("concept", label, "0 or 1");
            }
            positives += (int) label;
        }
        if (positives == 0 || positives == concept.length) {
            throw bad(
                    "concept",
                    positives + " positives of " + concept.length,
                    "both positives and negatives");
        }
        return new LabelledActivations(activations, concept.clone(), positives);
    }

    /**
     * Returns both groups merged evenly, so that any long enough block of rows holds its share of
     * each.
     *
     * @param positives {@code [n, d]}
     * @param negatives {@code [m, d]}
     * @throws AuditException {@code BAD_DATA} if the channels differ or a group is empty
     */
    public static LabelledActivations ofGroups(FloatTensor positives, FloatTensor negatives) {
        int d = positives.rowSize();
        int n = positives.rows();
        int m = negatives.rows();
        if (n > 0 && m > 0 && negatives.rowSize() != d) {
            throw bad("negatives", negatives, d + " channels as the positives");
        }
        float[] values = new float[Math.multiplyExact(n + m, Math.max(d, 1))];
        long[] concept = new long[n + m];
        int taken = 0;
        for (int i = 0; i < n + m; i++) {
            boolean positive = (2L * taken + 1) * m <= (2L * (i - taken) + 1) * n && taken < n;
            positive |= i - taken == m;
            FloatTensor from = positive ? positives : negatives;
            int row = positive ? taken++ : i - taken;
            concept[i] = positive ? 1 : 0;
            System.arraycopy(from.values(), row * d, values, i * d, d);
        }
        return of(FloatTensor.of(values, n + m, Math.max(d, 1)), concept);
    }

    /**
     * Returns these examples as the published code reads them: an example with the concept in the
     * first place counts as one without.
     *
     * <p>Source: frederikpahde/rrclarc, {@code clarc.py}, where a one-element index array that
     * holds 0 is taken for "not found".
     */
    public LabelledActivations legacy() {
        long[] labels = concept.clone();
        labels[0] = 0;
        return of(activations, labels);
    }

    /** Returns the named rows, in the given order; rows may repeat. */
    LabelledActivations rows(int... rows) {
        return of(
                activations.rows(rows),
                Arrays.stream(rows).mapToLong(row -> concept[row]).toArray());
    }

    /** Returns the number of rows, {@code n}. */
    public int rows() {
        return concept.length;
    }

    /** Returns the number of channels, {@code d}. */
    public int dimension() {
        return activations.extent(1);
    }

    /** Returns the number of rows with the concept. */
    public int positives() {
        return positives;
    }

    /** Returns the number of rows without the concept. */
    public int negatives() {
        return concept.length - positives;
    }

    /** Returns whether a row shows the concept. */
    public boolean positive(int row) {
        return concept[row] == 1;
    }

    /** Returns 1 with the concept, -1 without. */
    int target(int row) {
        return concept[row] == 1 ? 1 : -1;
    }

    /** Returns the weight of a group's rows: 1 for the rarer group, {@code n_min / n_max} else. */
    public double weight(boolean positive) {
        double rarer = Math.min(positives, negatives());
        return rarer / (positive ? positives : negatives());
    }

    /** Returns the mean projections of the two groups on a direction, in units of activation. */
    public MeanLengths meanLengths(DenseVector direction) {
        return MeanLengths.of(activations, concept, direction);
    }

    /** Returns the projections of one group on a direction, in the order of rows. */
    double[] projections(DenseVector direction, boolean positive) {
        double[] out = new double[positive ? positives : negatives()];
        int at = 0;
        for (int i = 0; i < concept.length; i++) {
            if (positive(i) == positive) {
                out[at++] = activations.row(i).dot(direction);
            }
        }
        return out;
    }

    float[] values() {
        return activations.values();
    }

    /**
     * Checks that each group has enough rows.
     *
     * @throws AuditException {@code BAD_DATA} saying how many there are
     */
    void requireEach(int least, CavKind kind) {
        if (positives < least || negatives() < least) {
            throw bad(
                    "concept",
                    positives + " positives and " + negatives() + " negatives",
                    "at least " + least + " of each for cav " + kind.label());
        }
    }

    /**
     * Checks that a direction can be learnt at all.
     *
     * @throws AuditException {@code BAD_DATA} if a value is not finite, all rows are equal, or the
     *     positives are the negatives
     */
    void requireUsable() {
        requireFinite();
        if (SignalCav.equalMeans(this)) {
            requireDistinct();
        }
    }

    /**
     * Checks groups whose means are equal.
     *
     * @throws AuditException {@code BAD_DATA} if all rows are equal or the positives are the
     *     negatives
     */
    void requireDistinct() {
        int[] hashes = new int[rows()];
        for (int i = 0; i < rows(); i++) {
            hashes[i] = activations.row(i).hashCode();
        }
        if (Arrays.stream(hashes).distinct().count() == 1) {
            throw bad("activations", "constant", "values that differ between samples");
        }
        if (Arrays.equals(group(hashes, true), group(hashes, false))) {
            throw bad("positives", "equal to the negatives", "different examples on both sides");
        }
    }

    private int[] group(int[] hashes, boolean positive) {
        return java.util.stream.IntStream.range(0, rows())
                .filter(i -> positive(i) == positive)
                .map(i -> hashes[i])
                .sorted()
                .toArray();
    }

    void requireFinite() {
        float[] values = activations.values();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw bad(
                        "activations[" + i / dimension() + ", " + i % dimension() + "]",
                        values[i],
                        "finite values");
            }
        }
    }

    private static AuditException bad(String field, Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_DATA, field, value, expected);
    }
}
