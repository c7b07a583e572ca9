package org.plumbline.core.fairwashing;

/**
 * How large a neighbourhood is, and how many of its directions count. Immutable.
 *
 * @param neighbours {@code k}, rows that span the space, at least 2
 * @param dimension {@code d}, directions kept, 1 to {@code k - 1}: {@code k} rows less their mean
 *     span no more
 */
public record TangentSettings(int neighbours, int dimension, TangentMode mode) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is left
     */
    public TangentSettings {
        if (neighbours < 2) {
            throw new IllegalArgumentException("neighbours: " + neighbours + " (expected: >= 2)");
        }
        if (dimension < 1 || dimension >= neighbours) {
            throw new IllegalArgumentException(
                    "dimension: "
                            + dimension
                            + " (expected: 1 to "
                            + (neighbours - 1)
                            + ", one below neighbours)");
        }
    }

    /** Returns how many reference points a space takes. */
    int referencePoints() {
        return mode == TangentMode.CENTRED ? neighbours - 1 : neighbours;
    }
}
