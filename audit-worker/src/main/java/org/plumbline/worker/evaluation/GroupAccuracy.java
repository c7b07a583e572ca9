package org.plumbline.worker.evaluation;

import com.fasterxml.jackson.annotation.JsonProperty;

import org.plumbline.core.significance.BinomialInterval;

/**
 * Accuracy of one group. Immutable.
 *
 * @param label class, from 0
 * @param concept value of the spurious attribute; 1 with the concept, 0 without
 * @param accuracy in [0, 1]
 * @param samples at least 1
 */
public record GroupAccuracy(int label, int concept, double accuracy, long samples) {
    private static final double CONFIDENCE = 0.95;

    /** Returns the exact (Clopper-Pearson) 95 % interval of this group by itself. */
    public BinomialInterval interval() {
        return interval(CONFIDENCE);
    }

    /** Returns the lower end of {@link #interval()}; written to JSON, never read. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public double lower() {
        return interval().lower();
    }

    /** Returns the upper end of {@link #interval()}; written to JSON, never read. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public double upper() {
        return interval().upper();
    }

    BinomialInterval interval(double confidence) {
        return BinomialInterval.clopperPearson(Math.round(accuracy * samples), samples, confidence);
    }

    boolean holds(long rowLabel, long attribute) {
        return rowLabel == label && attribute == concept;
    }
}
