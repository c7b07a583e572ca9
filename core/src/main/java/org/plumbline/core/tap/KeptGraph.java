package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import java.util.Optional;

/** Keeps the graph from the layer to the logits. */
final class KeptGraph implements PendingAudit {
    private final TappedModel model;
    private final NDManager unit;
    private final NDList outputs;
    private final Kept kept;

    /** Takes over the unit that holds what is kept. */
    KeptGraph(TappedModel model, NDManager unit, NDList outputs, Kept kept) {
        this.model = model;
        this.unit = unit;
        this.outputs = outputs;
        this.kept = kept;
    }

    /**
     * What waits for the audit.
     *
     * @param input where interventions are wanted and need more than the activation
     */
    record Kept(NDArray logits, NDArray activation, Optional<NDArray> input) {}

    @Override
    public NDList outputs() {
        return outputs;
    }

    @Override
    public Sensitivities finish(CavBank bank, int target) {
        return model.sensitivities(kept.logits(), kept.activation(), bank, target);
    }

    @Override
    public Effects effects(InterventionBank bank, int target) {
        if (kept.input().isPresent()) {
            return model.effects(kept.input().get(), bank, target);
        }
        if (!model.intervenesOnActivation()) {
            throw new IllegalStateException("effects: the answer kept no input for them");
        }
        return model.headEffects(kept.activation(), bank, target);
    }

    /** The activation and what the layers above keep of it, taken to be as much again twice. */
    @Override
    public long bytes() {
        return 3 * bytes(kept.activation()) + kept.input().map(KeptGraph::bytes).orElse(0L);
    }

    private static long bytes(NDArray array) {
        return array.getShape().size() * array.getDataType().getNumOfBytes();
    }

    @Override
    public void close() {
        unit.close();
    }
}
