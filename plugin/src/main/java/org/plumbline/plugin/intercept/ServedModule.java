package org.plumbline.plugin.intercept;

import ai.djl.ndarray.NDList;

/** A loaded module that can answer with or without an audit. Thread-safe. */
public interface ServedModule extends AutoCloseable {
    /** Answers as the engine would without us; the result hangs on the first input's manager. */
    NDList forward(NDList inputs);

    /**
     * Answers through the audit method.
     *
     * @param target class whose logit is differentiated; negative: the predicted one
     */
    Audited audit(NDList inputs, int target);

    /** Frees native memory; no call may be under way. */
    @Override
    void close();
}
