package org.plumbline.worker.evaluation;

import org.plumbline.core.tensor.FloatTensor;

/** What the evaluator needs of a model. */
public interface ModelUnderTest extends AutoCloseable {
    /** Returns the logits {@code [n, classes]} of {@code [n, c, h, w]} inputs. */
    FloatTensor logits(FloatTensor inputs);

    /**
     * Returns d(logit of a class) / d(activation), {@code [n, d, h, w]} or {@code [n, d]}.
     *
     * @throws org.plumbline.core.error.AuditException {@code FAILED_PRECONDITION} if no layer is
     *     tapped
     */
    FloatTensor gradient(FloatTensor inputs, int target);

    @Override
    void close();
}
