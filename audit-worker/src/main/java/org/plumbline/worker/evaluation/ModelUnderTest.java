package org.plumbline.worker.evaluation;

import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

/** What the evaluator needs of a model. */
public interface ModelUnderTest extends AutoCloseable {
    /** Returns the logits {@code [n, classes]} of {@code [n, c, h, w]} inputs. */
    FloatTensor logits(FloatTensor inputs);

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

    @Override
    void close();
}
