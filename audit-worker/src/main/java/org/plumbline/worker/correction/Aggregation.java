package org.plumbline.worker.correction;

import java.util.Locale;

/** How sensitivities become RR-ClArC's penalty; {@code _MEAN} takes the spatial mean first. */
public enum Aggregation {
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

    /** Returns whether only the mean sensitivity along the CAV counts, not the gradient. */
    boolean isOfMeanSensitivity() {
        return this == L1_MEAN || this == L2_MEAN;
    }

    /**
     * Returns the function that computes the penalty.
     *
     * @param alongTangents whether at a layer behind the probe; of mean sensitivities only
     */
    String function(boolean alongTangents) {
        return "plumbline_rr_clarc_"
                + name().toLowerCase(Locale.ROOT)
                + (alongTangents ? "_along" : "");
    }
}
