package org.plumbline.plugin.intercept;

import ai.djl.ndarray.NDList;

/** Is shown the inputs of audited requests. Thread-safe. */
@FunctionalInterface
public interface InputWatch {
    /** Looks at nothing. */
    InputWatch NONE = (served, inputs) -> {};

    /**
     * Looks at a request on its own thread, before it is answered: copies what is wanted, never
     * waits. What it takes counts as time of the audit; what it throws is logged, no more.
     *
     * @param served what answers; held by the caller
     * @param inputs borrowed, unchanged
     */
    void see(Served served, NDList inputs);
}
