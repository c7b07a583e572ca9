package org.plumbline.plugin.intercept;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Copies what reaches the model to the heap, so that examples go through the model's own
 * translator. Confined to one thread.
 */
public final class CapturingBlock extends AbstractSymbolBlock {
    private UnaryOperator<NDList> answer;
    private Optional<FloatTensor> last = Optional.empty();

    /** Answers through {@code answer}. */
    public CapturingBlock(UnaryOperator<NDList> answer) {
        this.answer = answer;
    }

    /** Answers through something else from now on. */
    public void answer(UnaryOperator<NDList> next) {
        answer = next;
    }

    /** Returns and forgets the input seen last, {@code [n, c, h, w]}. */
    public Optional<FloatTensor> take() {
        Optional<FloatTensor> taken = last;
        last = Optional.empty();
        return taken;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        last =
                Optional.of(
                        FloatTensor.of(
                                inputs.head().toFloatArray(), inputs.head().getShape().getShape()));
        return answer.apply(inputs);
    }

    @Override
    public ParameterList getDirectParameters() {
        return new ParameterList();
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        throw new UnsupportedOperationException("a TorchScript module tells its shapes when run");
    }
}
