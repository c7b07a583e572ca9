package org.plumbline.core.tap;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Pair;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.ExplanationPlan;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.DataKind;
import org.plumbline.core.torchscript.StoredTensor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * An archive loaded for training: its logits and layers carry graphs, and its parameters are live.
 * {@link NativeOperators} compute losses, gradients and updates on them. Several may be loaded at
 * once. Confined to one thread; owns native memory.
 */
public final class TrainableModel implements AutoCloseable {
    private final NativeModule module;
    private final TrainingPlan plan;
    private final List<String> state;

    private TrainableModel(NativeModule module, TrainingPlan plan, List<String> state) {
        this.module = module;
        this.plan = plan;
        this.state = state;
    }

    /**
     * Checks, instruments and loads an archive for training; all but the plan's parameters are
     * frozen.
     *
     * @throws AuditException {@code LAYER_NOT_TAPPABLE} if it cannot be split at the plan's cut;
     *     {@code BAD_ARCHIVE} if it breaks a rule
     */
    public static TrainableModel load(
            Path archive, TrainingPlan plan, Path workDirectory, Device device) {
        return load(
                archive,
                plan,
                workDirectory,
                device,
                (instrumenter, state, copy) -> instrumenter.training(plan, state, copy));
    }

    /**
     * As {@link #load(Path, TrainingPlan, Path, Device)} for {@link LiveExplanations}.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if a decision cannot be explained so
     */
    static TrainableModel load(
            Path archive,
            TrainingPlan plan,
            ExplanationPlan explained,
            Path workDirectory,
            Device device) {
        return load(
                archive,
                plan,
                workDirectory,
                device,
                (instrumenter, state, copy) -> instrumenter.training(plan, explained, state, copy));
    }

    /** Writes the instrumented copy. */
    private interface Instrumentation {
        void write(Instrumenter instrumenter, List<String> state, Path copy);
    }

    private static TrainableModel load(
            Path archive,
            TrainingPlan plan,
            Path workDirectory,
            Device device,
            Instrumentation instrumentation) {
        Path copy = workDirectory.resolve("trainable-" + UUID.randomUUID() + ".pt");
        try (Archive checked = Archive.open(archive)) {
            List<String> state =
                    checked.tensors().values().stream()
                            .filter(t -> t.kind() == DataKind.FLOAT32)
                            .map(StoredTensor::name)
                            .toList();
            instrumentation.write(new Instrumenter(checked), state, copy);
            NativeModule module = NativeModule.load(copy, device);
            unfreeze(module, plan);
            JniUtils.setGraphExecutorOptimize(false); // second-order graphs gain nothing from it
            return new TrainableModel(module, plan, state);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, archive + ": " + e, e);
        }
    }

    private static void unfreeze(NativeModule module, TrainingPlan plan) {
        Set<String> trainable = new HashSet<>(plan.trainable());
        for (Pair<String, Parameter> pair : module.block().getDirectParameters()) {
            if (trainable.contains(pair.getKey())) {
                pair.getValue().freeze(false);
            }
        }
    }

    /** Returns the plan it was loaded with. */
    public TrainingPlan plan() {
        return plan;
    }

    /** Opens a scope for native arrays; the caller closes it. */
    public NDManager newUnit() {
        return module.manager().newSubManager();
    }

    /**
     * Switches batch normalisation and dropout of scripted modules to training behaviour or back;
     * traced modules have the choice baked in.
     */
    public void trainingMode(boolean training) {
        if (training) {
            JniUtils.enableTrainingMode(module.block());
        } else {
            JniUtils.enableInferenceMode(module.block());
        }
    }

    /**
     * Returns what the head needs of a batch: the cut's output and tensors that bypass it.
     *
     * @param x images, borrowed; the results hang on its manager and carry no graph
     */
    public NDList trunk(NDArray x) {
        NDList live = module.call(Instrumenter.TRUNK, new NDList(x));
        NDList detached = new NDList();
        for (NDArray array : live) {
            detached.add(array.stopGradient());
            array.close();
        }
        return detached;
    }

    /**
     * Returns the tensor at the cut and the tangents {@code [n, K, size]} of a batch, see {@link
     * TrainingPlan#tangents}.
     *
     * @param x images, borrowed; the results hang on its manager and carry no graph
     * @param cavs {@code [K, d]} at the probe, borrowed
     */
    public NDList tangents(NDArray x, NDArray cavs) {
        return module.call(Instrumenter.TANGENTS, new NDList(x, cavs));
    }

    /** Returns the number of classes, from the logits of one input {@code [1, c, h, w]}. */
    public int classes(FloatTensor input) {
        try (NDManager unit = newUnit()) {
            NDArray x = unit.create(input.values(), new Shape(input.shape()));
            return Math.toIntExact(
                    module.infer(Instrumenter.LOGITS, new NDList(x)).get(0).getShape().get(1));
        }
    }

    /**
     * Returns the logits, with graph, of tensors that {@link #trunk} or {@link #encode} returned.
     */
    public NDArray head(NDList caches) {
        return module.call(Instrumenter.HEAD, listed(caches, "caches[]")).singletonOrThrow();
    }

    /** Names handles as members of one list argument; the names belong to our handles. */
    static NDList listed(NDList arrays, String name) {
        arrays.forEach(array -> array.setName(name));
        return new NDList(arrays);
    }

    /** Returns the values of every float32 parameter and buffer by attribute path. */
    public Map<String, FloatTensor> state() {
        Map<String, FloatTensor> values = new LinkedHashMap<>();
        try (NDManager unit = newUnit()) {
            NDArray anchor = unit.create(0f);
            NDList arrays = call0(Instrumenter.STATE, anchor);
            for (int i = 0; i < state.size(); i++) {
                NDArray array = arrays.get(i);
                values.put(
                        state.get(i),
                        FloatTensor.of(array.toFloatArray(), array.getShape().getShape()));
            }
        }
        return values;
    }

    /** Puts values that {@link #state} returned back; other names are ignored. */
    public void restore(Map<String, FloatTensor> values) {
        try (NDManager unit = newUnit()) {
            NDList now = call0(Instrumenter.STATE, unit.create(0f));
            NDList then = new NDList();
            for (int i = 0; i < state.size(); i++) {
                FloatTensor value = values.get(state.get(i));
                then.add(value == null ? now.get(i) : Heap.back(unit, value));
            }
            module.call(Instrumenter.RESTORE, listed(then, "values[]"));
        }
    }

    /**
     * Returns the live trainable parameters in the order of the plan, hanging on a unit: changes in
     * place reach the model.
     */
    public NDList parameters(NDManager unit) {
        return call0(Instrumenter.PARAMETERS, unit.create(0f));
    }

    /**
     * Returns the logits {@code [n, classes]} with their graph, in the mode the model is in.
     *
     * @param x images, borrowed; the result hangs on its manager
     */
    public NDArray logits(NDArray x) {
        x.setName(null);
        return module.call(Instrumenter.LOGITS, new NDList(x)).singletonOrThrow();
    }

    /**
     * What a model says of a batch, with graph. Immutable.
     *
     * @param activation value of the tapped layer; gradients with respect to it may be asked for
     */
    public record Tapped(NDArray logits, NDArray activation) {}

    /**
     * Returns logits and the value of the plan's tap, both with their graph.
     *
     * @param x images, borrowed; the results hang on its manager
     */
    public Tapped tapped(NDArray x) {
        x.setName(null);
        NDList out = module.call(Instrumenter.TAPPED, new NDList(x));
        return new Tapped(out.get(0), out.get(1));
    }

    /**
     * As {@link #trunk}, with graph: what an encoder gives, for {@link #head}.
     *
     * @param x images, borrowed; the results hang on its manager
     */
    public NDList encode(NDArray x) {
        x.setName(null);
        return module.call(Instrumenter.TRUNK, new NDList(x));
    }

    /** Runs a method of the copy with autograd recording. */
    NDList call(String method, NDList arguments) {
        return module.call(method, arguments);
    }

    private NDList call0(String method, NDArray anchor) {
        return module.call(method, new NDList(anchor));
    }

    @Override
    public void close() {
        module.close();
    }
}
