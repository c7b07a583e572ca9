package org.plumbline.plugin.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.Projection;
import org.plumbline.core.tap.Intervention;

import java.util.List;

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

    /**
     * Returns a view that answers with the layer's value projected; the caller closes it.
     *
     * @throws AuditException {@code FAILED_PRECONDITION} with the reason where that is impossible
     */
    default ServedModule projected(Projection projection) {
        throw new AuditException(ErrorCode.FAILED_PRECONDITION, "layer: cannot be projected");
    }

    /** Returns what would remove each concept, in the order of {@link Served#concepts}. */
    default List<Intervention> removals() {
        return List.of();
    }

    /** Runs until the engine has compiled what answers; fails as answers would. */
    default void warmUp() {}

    /** Frees native memory; no call may be under way. */
    @Override
    void close();
}
