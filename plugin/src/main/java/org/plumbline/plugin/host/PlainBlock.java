package org.plumbline.plugin.host;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;

import java.util.function.UnaryOperator;

/** Answers through the block a host loaded. Thread-safe. */
record PlainBlock(Model model, Block block) implements UnaryOperator<NDList> {
    @Override
    public NDList apply(NDList inputs) {
        return block.forward(new ParameterStore(model.getNDManager(), false), inputs, false);
    }
}
