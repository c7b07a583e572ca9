package org.plumbline.worker.correction.ensemble;

import java.util.OptionalDouble;

/**
 * How well flagged samples match those that truly conflict with the bias. Immutable.
 *
 * <p>Source: precision and recall as DCWP and BiasEnsemble log them.
 *
 * @param flagged samples taken to be bias-conflicting
 * @param conflicting samples that truly are
 * @param both samples that are flagged and conflicting
 */
public record MiningQuality(int flagged, int conflicting, int both) {

    /** Returns the share of flagged samples that conflict; empty if none is flagged. */
    public OptionalDouble precision() {
        return ratio(flagged);
    }

    /** Returns the share of conflicting samples that are flagged; empty if none conflicts. */
    public OptionalDouble recall() {
        return ratio(conflicting);
    }

    private OptionalDouble ratio(int of) {
        return of == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) both / of);
    }
}
