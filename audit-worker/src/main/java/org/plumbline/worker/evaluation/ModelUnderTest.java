package org.plumbline.worker.evaluation;

import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Optional;

/** What the evaluator needs of a model. */
public interface ModelUnderTest extends AutoCloseable {
    /**
     * What one pass shows. Immutable.
     *
     * @param logits {@code [n, classes]}
     * @param activation of the tapped layer; empty where none is tapped
     */
    record Observation(FloatTensor logits, Optional<FloatTensor> activation) {}

    /** Returns logits, and activations where a layer is tapped, of {@code [n, c, h, w]} inputs. */
    Observation observe(FloatTensor inputs);

    /**
     * Returns the sensitivity of a class's logit along a concept, location by location.
     *
     * @param cav unit vector {@code [d]}
     * @return {@code [n, h, w]}, logits per unit of activation; {@code [n, 1, 1]} where the layer
     *     has one location or slopes are found by differences
     * @throws org.plumbline.core.error.AuditException {@code FAILED_PRECONDITION} if no layer is
     *     tapped
     */
    FloatTensor sensitivity(FloatTensor inputs, int target, DenseVector cav);

    /**
     * Returns the relevance of every pixel for one logit of each sample, by LRP with the rules of
     * the published experiments (epsilon-plus-flat), channels summed.
     *
     * @param targets class of each sample
     * @return {@code [n, h, w]}, signed
     * @throws org.plumbline.core.error.AuditException if no rule is known for something in the
     *     model
     */
    FloatTensor relevance(FloatTensor inputs, long[] targets);

    @Override
    void close();
}
