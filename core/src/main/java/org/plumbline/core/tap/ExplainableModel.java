package org.plumbline.core.tap;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A TorchScript archive loaded with methods that explain its decisions; {@code forward} is
 * unchanged.
 *
 * <p>Loading checks the file, writes an instrumented copy to the work directory and loads that.
 * Thread-safe. Owns native memory: close it when no call is under way.
 */
public final class ExplainableModel implements AutoCloseable {
    private final Digest digest;
    private final ExplainSpec spec;
    private final NativeModule module;

    private ExplainableModel(Digest digest, ExplainSpec spec, NativeModule module) {
        this.digest = digest;
        this.spec = spec;
        this.module = module;
    }

    /**
     * Checks, instruments and loads an archive.
     *
     * @throws AuditException {@code BAD_ARCHIVE} with the reason
     */
    public static ExplainableModel load(Path archive, ExplainSpec spec) {
        Path copy = spec.workDirectory().resolve("explained-" + UUID.randomUUID() + ".pt");
        try (Archive checked = Archive.open(archive)) {
            new Instrumenter(checked).explanations(spec.plan(), copy);
            return new ExplainableModel(
                    checked.digest(), spec, NativeModule.load(copy, spec.device()));
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, archive + ": " + e, e);
        }
    }

    /** Returns the digest of the original archive. */
    public Digest digest() {
        return digest;
    }

    /**
     * Explains one logit of every image.
     *
     * @param inputs {@code [n, c, h, w]}, at least one image
     * @param target class whose logit is explained; negative: the class of the largest logit
     * @throws AuditException {@code INVALID_ARGUMENT} if the method was not prepared, the inputs
     *     have other axes, or the model cannot run on them
     */
    public Attribution explain(ExplanationMethod method, FloatTensor inputs, int target) {
        long[] targets = new long[inputs.rows()];
        Arrays.fill(targets, target);
        return explain(method, inputs, targets);
    }

    /**
     * Explains one logit of every image.
     *
     * @param targets {@code [n]}, class whose logit is explained; negative: that of the largest
     */
    public Attribution explain(ExplanationMethod method, FloatTensor inputs, long[] targets) {
        requireFitting(method, inputs, targets);
        return engine(
                () ->
                        method == ExplanationMethod.INTEGRATED_GRADIENTS
                                ? new PathIntegrator(module, spec).explain(inputs, targets)
                                : inBatches(entryPoint(method), inputs, targets),
                method,
                inputs);
    }

    private <T> T engine(Supplier<T> work, ExplanationMethod method, FloatTensor inputs) {
        try {
            return work.get();
        } catch (EngineException e) {
            requireTaken(inputs.slice(0, 1));
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT, method + ": " + NativeModule.reason(e), e);
        }
    }

    /**
     * Returns what the layer of the specification answers; in front of a batch normalisation that
     * LRP folds into the layer, that is the normalised value.
     *
     * @param inputs {@code [n, c, h, w]}, at least one image
     * @return first axis {@code n}
     * @throws AuditException {@code INVALID_ARGUMENT} if LRP at a layer was not prepared
     */
    public FloatTensor activation(FloatTensor inputs) {
        requireFitting(ExplanationMethod.LRP, inputs, new long[inputs.rows()]);
        requireLayer();
        return engine(
                () -> new LayerRelevance(module, spec.batch()).activation(inputs),
                ExplanationMethod.LRP,
                inputs);
    }

    /**
     * Propagates relevance from the layer of the specification to the pixels, by the rules of LRP.
     *
     * @param inputs {@code [n, c, h, w]}, at least one image
     * @param start relevance of the layer's values, the shape of {@link #activation}
     * @return relevance of the inputs; its classes are those of the largest logits
     * @throws AuditException {@code INVALID_ARGUMENT} if LRP at a layer was not prepared
     */
    public Attribution propagate(FloatTensor inputs, FloatTensor start) {
        requireFitting(ExplanationMethod.LRP, inputs, new long[inputs.rows()]);
        requireLayer();
        if (start.rows() != inputs.rows()) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "start", start, inputs.rows() + " rows");
        }
        return engine(
                () -> new LayerRelevance(module, spec.batch()).propagate(inputs, start),
                ExplanationMethod.LRP,
                inputs);
    }

    private void requireLayer() {
        if (spec.layer().isEmpty()) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "layer", "none", "a specification at a layer");
        }
    }

    /**
     * Returns the logits {@code [n, classes]} of images, those of {@code forward}.
     *
     * @param inputs {@code [n, c, h, w]}, at least one image
     * @throws AuditException {@code BAD_DATA} if the model refuses them
     */
    public FloatTensor logits(FloatTensor inputs) {
        List<FloatTensor> parts = new ArrayList<>();
        for (int from = 0; from < inputs.rows(); from += spec.batch()) {
            FloatTensor images = inputs.slice(from, Math.min(inputs.rows(), from + spec.batch()));
            try (NDManager unit = module.manager().newSubManager()) {
                NDArray x = Heap.back(unit, images);
                NDList out = module.infer(Instrumenter.EXPLAIN_LOGITS, new NDList(x));
                parts.add(Heap.copy(out.singletonOrThrow()));
            } catch (EngineException e) {
                requireTaken(images.slice(0, 1));
                throw new AuditException(
                        ErrorCode.BAD_DATA, "inputs: " + NativeModule.reason(e), e);
            }
        }
        return FloatTensor.concat(parts);
    }

    /** Blames the inputs where the model refuses them without any explanation. */
    private void requireTaken(FloatTensor image) {
        try (NDManager unit = module.manager().newSubManager()) {
            NDArray x = Heap.back(unit, image);
            module.call(Instrumenter.EXPLAIN_LOGITS, new NDList(x));
        } catch (EngineException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA,
                    "inputs: "
                            + Arrays.toString(image.shape())
                            + " (expected: images the model takes): "
                            + NativeModule.reason(e),
                    e);
        }
    }

    private void requireFitting(ExplanationMethod method, FloatTensor inputs, long[] targets) {
        if (!spec.methods().contains(method)) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "method", method, "one of " + spec.methods());
        }
        if (inputs.rank() != 4 || inputs.rows() == 0) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "inputs", inputs, "[n, c, h, w] with n >= 1");
        }
        if (targets.length != inputs.rows()) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "targets",
                    targets.length,
                    "one for each of " + inputs.rows() + " images");
        }
    }

    private static String entryPoint(ExplanationMethod method) {
        return switch (method) {
            case GRADIENT -> Instrumenter.EXPLAIN_GRADIENT;
            case GRADIENT_INPUT -> Instrumenter.EXPLAIN_GRADIENT_INPUT;
            case INTEGRATED_GRADIENTS -> Instrumenter.EXPLAIN_PATH;
            case LRP -> Instrumenter.EXPLAIN_LRP;
        };
    }

    private Attribution inBatches(String method, FloatTensor inputs, long[] targets) {
        AttributionRows rows = new AttributionRows(inputs.rows());
        for (int from = 0; from < inputs.rows(); from += spec.batch()) {
            int to = Math.min(inputs.rows(), from + spec.batch());
            FloatTensor images = inputs.slice(from, to);
            try (NDManager unit = module.manager().newSubManager()) {
                NDArray x = Heap.back(unit, images);
                NDArray wanted = unit.create(Arrays.copyOfRange(targets, from, to));
                NDList out = module.call(method, new NDList(x, wanted));
                rows.add(Heap.copy(out.get(0)), out.get(1).toLongArray(), Heap.copy(out.get(2)));
            }
        }
        return rows.attribution();
    }

    /** Returns the number of arrays and scopes that hang on the model, to watch for leaks. */
    int managedArrays() {
        return module.manager().getManagedArrays().size();
    }

    @Override
    public void close() {
        module.close();
    }
}
