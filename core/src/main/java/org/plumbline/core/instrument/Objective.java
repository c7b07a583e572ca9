package org.plumbline.core.instrument;

/** What a training step minimises. */
public sealed interface Objective {

    /** Weighted cross-entropy alone. Immutable. */
    record CrossEntropy() implements Objective {}

    /**
     * Cross-entropy plus lambda times the squared, absolute or cosine sensitivity along concept
     * vectors. Immutable.
     *
     * <p>Source: RR-ClArC, Dreyer et al., AAAI 2024; code frederikpahde/rrclarc, {@code
     * model_training/correction_methods/rr_clarc.py}.
     */
    record RrClarc(Criterion criterion, Aggregation aggregation) implements Objective {}

    /** Which scalar of the logits is differentiated. */
    enum Criterion {
        /** The largest logit of each sample. */
        MAX_LOGIT,
        /** The logit of the label, or of one fixed class. */
        TARGET_LOGIT,
        /** The sum of all logits. */
        ALL_LOGITS,
        /** All logits with random signs, drawn anew for every sample, class and step. */
        ALL_LOGITS_RANDOM,
        /** The mean over classes of {@code log(softmax + 1e-5)}. */
        LOGPROBS
    }

    /** How sensitivities become one number; {@code _MEAN} takes the spatial mean first. */
    enum Aggregation {
        /** Mean magnitude. */
        L1,
        /** Mean square. */
        L2,
        /** Mean magnitude of the cosine between gradient and CAV. */
        COSINE,
        /** {@link #L1} of the spatial mean. */
        L1_MEAN,
        /** {@link #L2} of the spatial mean. */
        L2_MEAN,
        /** {@link #COSINE} of the spatial mean. */
        COSINE_MEAN;

        /** Returns whether the gradient is averaged over locations first. */
        public boolean takesSpatialMean() {
            return this == L1_MEAN || this == L2_MEAN || this == COSINE_MEAN;
        }

        /** Returns whether only the mean sensitivity along the CAV counts, not the gradient. */
        public boolean isOfMeanSensitivity() {
            return this == L1_MEAN || this == L2_MEAN;
        }
    }
}
