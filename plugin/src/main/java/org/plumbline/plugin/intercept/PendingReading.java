package org.plumbline.plugin.intercept;

import ai.djl.ndarray.NDList;

import java.util.List;

/**
 * An answer whose sensitivities are still to be read. Confined to one thread at a time; close it,
 * read or not.
 */
public interface PendingReading extends AutoCloseable {
    /** Returns what {@code forward} would have returned; the caller of the request owns it. */
    NDList outputs();

    /** Returns about how many bytes of native memory wait until {@link #close}. */
    long bytes();

    /**
     * Runs the backward pass; at most once.
     *
     * @param target class whose logit is differentiated; negative: the predicted one
     * @return one entry per row; heap only
     */
    List<SampleReading> read(int target);

    /**
     * Removes concepts from the layer's value, where this audit was drawn for it; after {@link
     * #read}, with its target.
     */
    default List<EffectReading> effects(int target) {
        return List.of();
    }

    @Override
    void close();
}
