package org.plumbline.core.tap;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * TorchScript functions of ours, loaded once and called on tensors of any module: losses, gradients
 * and updates. What is differentiated is computed here or in a model, not by the engine's Java
 * arithmetic, which may run on a thread that records nothing. Arguments and results may carry
 * graphs that another module began on the same thread, since the engine's autograd knows tensors,
 * not modules. Results hang on the unit of the call. Confined to one thread; owns native memory.
 *
 * <p>The basic functions are {@code operators.py} beside this class; methods add files of their
 * own.
 */
public final class NativeOperators implements AutoCloseable {
    private static final OperatorSource BASIC =
            OperatorSource.of(NativeOperators.class, "operators.py");

    private final NativeModule module;

    private NativeOperators(NativeModule module) {
        this.module = module;
    }

    /**
     * Loads the basic functions and more.
     *
     * @param workDirectory existing folder for a temporary file
     * @throws org.plumbline.core.error.AuditException {@code BAD_ARCHIVE} with the engine's reason
     *     if it cannot compile them
     */
    public static NativeOperators load(Path workDirectory, Device device, OperatorSource... more) {
        Path file = workDirectory.resolve("operators-" + UUID.randomUUID() + ".pt");
        List<OperatorSource> sources = new ArrayList<>(List.of(BASIC));
        sources.addAll(List.of(more));
        OperatorArchive.write(sources, file);
        NativeModule module = NativeModule.load(file, device);
        JniUtils.setGraphExecutorOptimize(false); // second-order graphs gain nothing from it
        return new NativeOperators(module);
    }

    /** Opens a scope for native arrays; the caller closes it. */
    public NDManager newUnit() {
        return module.manager().newSubManager();
    }

    /** Calls a function with autograd recording; results hang on the operands' unit. */
    public NDList call(String function, Operands operands) {
        return module.call(operands.unit(), function, operands.arguments());
    }

    /** Calls a function that returns one tensor. */
    public NDArray callOne(String function, Operands operands) {
        return call(function, operands).singletonOrThrow();
    }

    /** Returns a new leaf of the same values that gradients may be asked for. */
    public NDArray leaf(NDManager unit, NDArray x) {
        return callOne("plumbline_leaf", Operands.in(unit).tensor(x));
    }

    /** Returns the same tensors without graph. */
    public NDList cut(NDManager unit, NDList arrays) {
        return call("plumbline_cut", Operands.in(unit).list(arrays));
    }

    /** Returns some rows of each tensor, {@code int64} numbers {@code [m]}. */
    public NDList rows(NDManager unit, NDList arrays, NDArray rows) {
        return call("plumbline_rows", Operands.in(unit).list(arrays).tensor(rows));
    }

    /**
     * Returns the mean cross-entropy {@code sum(w_y l) / sum(w_y)}, a scalar.
     *
     * @param logits {@code [n, classes]}
     * @param labels {@code [n]} int64
     * @param weights {@code [classes]}
     */
    public NDArray crossEntropy(NDManager unit, NDArray logits, NDArray labels, NDArray weights) {
        return callOne(
                "plumbline_cross_entropy",
                Operands.in(unit).tensor(logits).tensor(labels).tensor(weights));
    }

    /** Returns the cross-entropy of every sample, {@code [n]}. */
    public NDArray sampleCrossEntropy(NDManager unit, NDArray logits, NDArray labels) {
        return callOne(
                "plumbline_sample_cross_entropy", Operands.in(unit).tensor(logits).tensor(labels));
    }

    /** Returns {@code sum_i factor_i term_i} of scalars. */
    public NDArray weightedSum(NDManager unit, NDList terms, double... factors) {
        return callOne("plumbline_weighted_sum", Operands.in(unit).list(terms).numbers(factors));
    }

    /**
     * Returns the gradient of a scalar with respect to each tensor, without graph; zeros where it
     * does not depend on one. The scalar's graph is freed.
     */
    public NDList gradients(NDManager unit, NDArray loss, NDList inputs) {
        return call("plumbline_gradients", Operands.in(unit).tensor(loss).list(inputs));
    }

    /** As {@link #gradients}; the scalar's graph stays usable. */
    public NDList gradientsKept(NDManager unit, NDArray loss, NDList inputs) {
        return call("plumbline_gradients_kept", Operands.in(unit).tensor(loss).list(inputs));
    }

    /** As {@link #gradientsKept}; the result has a graph and may be differentiated again. */
    public NDList derivatives(NDManager unit, NDArray value, NDList inputs) {
        return call("plumbline_derivatives", Operands.in(unit).tensor(value).list(inputs));
    }

    /**
     * Gradients scaled so that their norm together is at most a limit. Immutable.
     *
     * @param norm before scaling
     */
    public record Clipped(double norm, NDList gradients) {}

    /**
     * Clips gradients by their global norm.
     *
     * <p>Source: PyTorch, {@code torch.nn.utils.clip_grad_norm_}, norm type 2.
     *
     * @param limit above 0; infinite: none
     */
    public Clipped clip(NDManager unit, NDList gradients, double limit) {
        double norm =
                callOne("plumbline_norm", Operands.in(unit).list(gradients)).toFloatArray()[0];
        double scale = limit / (norm + 1e-6);
        return scale < 1
                ? new Clipped(
                        norm,
                        call("plumbline_scaled", Operands.in(unit).list(gradients).number(scale)))
                : new Clipped(norm, gradients);
    }

    /** Copies values into live tensors, parameters above all. */
    public void assign(NDManager unit, NDList targets, NDList values) {
        call("plumbline_assign", Operands.in(unit).list(targets).list(values));
    }

    @Override
    public void close() {
        module.close();
    }
}
