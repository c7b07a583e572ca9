package org.plumbline.plugin.pipeline;

import org.plumbline.core.window.PrevalenceSnapshot;

import java.util.Optional;

/**
 * How many inputs carry a concept, and whether their share changed. Immutable.
 *
 * @param drift empty until the baseline is complete
 */
public record PrevalenceEvidence(PrevalenceSnapshot window, Optional<DriftEvidence> drift) {
    /** Returns 1 after an alarm, 0 before; NaN until the baseline is complete. */
    public double drifted() {
        return drift.map(DriftEvidence::drifted).orElse(Double.NaN);
    }

    /** Returns the evidence for drift over its threshold; NaN until the baseline is complete. */
    public double driftRatio() {
        return drift.map(DriftEvidence::ratio).orElse(Double.NaN);
    }
}
