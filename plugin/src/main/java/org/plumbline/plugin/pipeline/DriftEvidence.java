package org.plumbline.plugin.pipeline;

import java.util.OptionalLong;

/**
 * Whether a series' mean sensitivity, or the prevalence of a concept, left its baseline. Immutable.
 *
 * @param baseline what it is compared with
 * @param evidence e-value against "no change", at least 0
 * @param threshold evidence at which the alarm goes on, for good
 * @param alarm sample since the baseline at which it went on
 * @param rising whether the evidence speaks for a rise
 * @param samples seen since the baseline
 */
public record DriftEvidence(
        FrozenBaseline baseline,
        double evidence,
        double threshold,
        OptionalLong alarm,
        boolean rising,
        long samples) {
    /** Returns 1 after an alarm, 0 before. */
    public double drifted() {
        return alarm.isPresent() ? 1 : 0;
    }

    /**
     * Returns the evidence over the threshold: at 1 the alarm goes on. Its mean over replicas may
     * be watched in the same way.
     */
    public double ratio() {
        return evidence / threshold;
    }
}
