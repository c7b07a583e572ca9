package org.plumbline.plugin.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/** A loaded module that can answer with or without an audit. Thread-safe. */
public interface ServedModule extends AutoCloseable {
    /** Answers as the engine would without us; the result hangs on the first input's manager. */
    NDList forward(NDList inputs);

    /** Answers with the same bits and keeps what an audit needs; the caller closes it. */
    PendingReading answer(NDList inputs);

    /** Returns the audited logits {@code [n, classes]} of a batch. */
    default NDArray logits(NDList inputs) {
        return forward(inputs).head();
    }

    /** Returns how slopes are found: {@code autograd} or {@code finite-differences}. */
    default String gradient() {
        return "autograd";
    }

    /** Frees native memory; no call may be under way. */
    @Override
    void close();
}
