package org.plumbline.core.tap;

import ai.djl.ndarray.NDList;

/**
 * An answer whose audit is still to be done; what the audit needs waits in native memory. Confined
 * to one thread at a time; close it, whether finished or not.
 */
public sealed interface PendingAudit extends AutoCloseable permits KeptGraph, KeptInput {
    /** Returns what {@code forward} would have returned, on the manager of the request's input. */
    NDList outputs();

    /**
     * Reads how one logit of every sample depends on the layer along each concept; at most once.
     *
     * @param target class of that logit; negative: the class of the largest logit
     */
    Sensitivities finish(CavBank bank, int target);

    /**
     * Reads what interventions do to one logit of every sample.
     *
     * @param target class of that logit; negative: the class of the largest logit
     * @throws IllegalStateException if the answer was not told to keep what this needs
     */
    Effects effects(InterventionBank bank, int target);

    /** Returns about how many bytes wait. */
    long bytes();

    @Override
    void close();
}
