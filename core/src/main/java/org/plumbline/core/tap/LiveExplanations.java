package org.plumbline.core.tap;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * A trainable model whose explanations keep their graph: losses of them may be differentiated by
 * its parameters. What a method differentiates is differentiated twice; LRP takes the values in its
 * denominators along. Confined to one thread; owns native memory.
 */
public final class LiveExplanations implements AutoCloseable {
    private final TrainableModel model;
    private final ExplanationMethod method;
    private final ExplainSpec spec;

    private LiveExplanations(TrainableModel model, ExplanationMethod method, ExplainSpec spec) {
        this.model = model;
        this.method = method;
        this.spec = spec;
    }

    /**
     * Checks, instruments and loads an archive for training.
     *
     * @param spec how it is explained, which activations it has meanwhile, where it runs; its batch
     *     is ignored
     * @throws AuditException {@code INVALID_ARGUMENT} if it cannot be explained so; {@code
     *     BAD_ARCHIVE} if it breaks a rule
     */
    public static LiveExplanations load(
            Path archive, TrainingPlan plan, ExplanationMethod method, ExplainSpec spec) {
        TrainableModel model =
                TrainableModel.load(
                        archive, plan, spec.plan(), spec.workDirectory(), spec.device());
        return new LiveExplanations(model, method, spec);
    }

    /** Returns the model itself: parameters and state; closed with this. */
    public TrainableModel model() {
        return model;
    }

    /**
     * Returns the logits {@code [n, classes]} of the model as it is explained, that is with the
     * activations of the specification.
     *
     * @param x images, borrowed; the result hangs on its manager
     */
    public NDArray logits(NDArray x) {
        x.setName(null);
        return model.call(Instrumenter.EXPLAIN_LOGITS, new NDList(x)).singletonOrThrow();
    }

    /**
     * Returns, for the class of the largest logit: the gradient, for {@code gradient} and {@code
     * gradient-input}; the weighted sum of gradients along the path, for integrated gradients;
     * relevance, for LRP.
     *
     * @param x images {@code [n, c, h, w]}, borrowed; the result hangs on its manager
     * @return {@code [n, c, h, w]}
     */
    public NDArray slopes(NDArray x) {
        x.setName(null);
        long[] largest = new long[Math.toIntExact(x.getShape().get(0))];
        Arrays.fill(largest, -1);
        NDArray wanted = x.getManager().create(largest);
        return switch (method) {
            case GRADIENT, GRADIENT_INPUT ->
                    model.call(Instrumenter.EXPLAIN_GRADIENT, new NDList(x, wanted)).get(2);
            case LRP -> model.call(Instrumenter.EXPLAIN_LRP, new NDList(x, wanted)).get(2);
            case INTEGRATED_GRADIENTS -> path(x, wanted);
        };
    }

    private NDArray path(NDArray x, NDArray largest) {
        NDManager unit = x.getManager();
        IntegratedGradients path = spec.integratedGradients();
        NDArray wanted = largest;
        if (!path.legacy()) {
            NDArray logits = logits(x).stopGradient();
            wanted = logits.argMax(1);
        }
        NDArray base =
                Heap.back(unit, path.baselineFor(FloatTensor.zeros(x.getShape().getShape())));
        NDList arguments =
                new NDList(
                        unit.create(path.points()), base, x, unit.create(path.weights()), wanted);
        return model.call(Instrumenter.EXPLAIN_PATH, arguments).singletonOrThrow();
    }

    @Override
    public void close() {
        model.close();
    }
}
