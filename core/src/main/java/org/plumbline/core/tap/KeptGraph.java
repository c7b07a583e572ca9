package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/** Keeps the graph from the layer to the logits. */
final class KeptGraph implements PendingAudit {
    private final TappedModel model;
    private final NDManager unit;
    private final NDList outputs;
    private final NDArray logits;
    private final NDArray activation;

    KeptGraph(
            TappedModel model, NDManager unit, NDList outputs, NDArray logits, NDArray activation) {
        this.model = model;
        this.unit = unit;
        this.outputs = outputs;
        this.logits = logits;
        this.activation = activation;
    }

    @Override
    public NDList outputs() {
        return outputs;
    }

    @Override
    public Sensitivities finish(CavBank bank, int target) {
        return model.sensitivities(logits, activation, bank, target);
    }

    /** The activation and what the layers above keep of it, taken to be as much again twice. */
    @Override
    public long bytes() {
        return 3 * activation.getShape().size() * activation.getDataType().getNumOfBytes();
    }

    @Override
    public void close() {
        unit.close();
    }
}
