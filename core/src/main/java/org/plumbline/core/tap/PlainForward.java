package org.plumbline.core.tap;

import ai.djl.ndarray.NDList;

import org.plumbline.core.instrument.Instrumenter;

/**
 * Runs {@code forward} as the engine would without us. Thread-safe.
 *
 * <p>The engine's Java side cannot hand out every value: a None in a tuple ends in {@code
 * UnsupportedOperationException}. Such a model could not be served at all; it is answered with the
 * selected output alone.
 */
final class PlainForward {
    private final NativeModule module;
    private final boolean logitsOnly;
    private volatile boolean unsupported;

    /**
     * Makes it for a module.
     *
     * @param logitsOnly whether {@code forward} returns the logits and nothing else
     */
    PlainForward(NativeModule module, boolean logitsOnly) {
        this.module = module;
        this.logitsOnly = logitsOnly;
    }

    boolean logitsOnly() {
        return logitsOnly;
    }

    NDList run(NDList inputs) {
        if (logitsOnly) {
            return module.forward(inputs);
        }
        if (!unsupported) {
            try {
                return module.forward(inputs);
            } catch (UnsupportedOperationException e) { // found by the first call, then known
                unsupported = true;
            }
        }
        return logits(inputs);
    }

    /** Runs it with the layer's value projected; one input. */
    NDList run(NDList inputs, ProjectionBank projection) {
        NDList arguments = projection.behind(inputs.singletonOrThrow());
        if (!unsupported) {
            try {
                return module.infer(Instrumenter.MITIGATED, arguments);
            } catch (UnsupportedOperationException e) {
                unsupported = true;
            }
        }
        return module.infer(Instrumenter.MITIGATED_LOGITS, arguments);
    }

    /** Returns the selected output alone. */
    NDList logits(NDList inputs) {
        return logitsOnly ? module.forward(inputs) : module.infer(Instrumenter.LOGITS, inputs);
    }
}
