package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/**
 * An answer whose audit is still to be done: the graph from the layer to the logits in native
 * memory. Confined to one thread at a time; close it, whether finished or not.
 */
public final class PendingAudit implements AutoCloseable {
    private final TappedModel model;
    private final NDManager unit;
    private final NDList outputs;
    private final NDArray logits;
    private final NDArray activation;

    PendingAudit(
            TappedModel model, NDManager unit, NDList outputs, NDArray logits, NDArray activation) {
        this.model = model;
        this.unit = unit;
        this.outputs = outputs;
        this.logits = logits;
        this.activation = activation;
    }

    /** Returns what {@code forward} would have returned, on the manager of the request's input. */
    public NDList outputs() {
        return outputs;
    }

    /**
     * Runs the backward pass from one logit of every sample to the layer; at most once.
     *
     * @param target class whose logit is differentiated; negative: the class of the largest logit
     */
    public Sensitivities finish(CavBank bank, int target) {
        return model.sensitivities(logits, activation, bank, target);
    }

    /**
     * Returns about how many bytes wait: the activation and what the layers above keep of it, taken
     * to be as much again twice.
     */
    public long bytes() {
        return 3 * activation.getShape().size() * activation.getDataType().getNumOfBytes();
    }

    @Override
    public void close() {
        unit.close();
    }
}
