package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/** Keeps a copy of the input, which the audit runs again. */
final class KeptInput implements PendingAudit {
    private final TappedModel model;
    private final NDManager unit;
    private final NDList outputs;
    private final NDArray input;

    /** Takes over the unit that holds the copy. */
    KeptInput(TappedModel model, NDManager unit, NDList outputs, NDArray input) {
        this.model = model;
        this.unit = unit;
        this.outputs = outputs;
        this.input = input;
    }

    @Override
    public NDList outputs() {
        return outputs;
    }

    @Override
    public Sensitivities finish(CavBank bank, int target) {
        return model.sensitivities(input, bank, target);
    }

    @Override
    public Effects effects(InterventionBank bank, int target) {
        return model.effects(input, bank, target);
    }

    @Override
    public long bytes() {
        return input.getShape().size() * input.getDataType().getNumOfBytes();
    }

    @Override
    public void close() {
        unit.close();
    }
}
