package org.plumbline.plugin.pipeline;

import java.util.Optional;

/**
 * What the tests of one series say now. Immutable.
 *
 * @param pool empty where the version has no random CAVs
 * @param drift empty until the baseline is complete
 */
public record SeriesEvidence(Optional<PoolEvidence> pool, Optional<DriftEvidence> drift) {
    /** Returns the corrected p-value; NaN without a pool. */
    public double pValue() {
        return pool.map(PoolEvidence::pValue).orElse(Double.NaN);
    }

    /** Returns 1 after an alarm, 0 before; NaN until the baseline is complete. */
    public double drifted() {
        return drift.map(DriftEvidence::drifted).orElse(Double.NaN);
    }

    /** Returns the evidence for drift over its threshold; NaN until the baseline is complete. */
    public double driftRatio() {
        return drift.map(DriftEvidence::ratio).orElse(Double.NaN);
    }
}
