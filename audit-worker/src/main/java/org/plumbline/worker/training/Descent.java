package org.plumbline.worker.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tap.Updater;
import org.plumbline.core.tensor.FloatTensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Descends a loss over the trainable parameters of one or several models: gradients, clipping,
 * update, and the state of all that. Confined to one thread; owns native memory, borrows the
 * models.
 */
public final class Descent implements AutoCloseable {
    private static final String UPDATES = "updates";
    private static final String LOOSE = "loose/";
    private static final String MOMENTS = "moments/";

    private final NativeOperators operators;
    private final OptimizerSettings settings;
    private final Map<String, TrainableModel> models;
    private final Map<String, NDArray> loose;
    private final NDManager manager;
    private final NDList parameters = new NDList();
    private final Updater updater;

    /**
     * Makes an optimiser at its first step.
     *
     * @param models by a name for checkpoints; their plans say what is trained
     */
    public Descent(
            NativeOperators operators,
            OptimizerSettings settings,
            Map<String, TrainableModel> models) {
        this(operators, settings, models, Map.of());
    }

    /**
     * As the other; also descends over tensors outside the models.
     *
     * @param loose leaves that gradients may be asked for, by name; borrowed; they follow the
     *     models' parameters in the order of the map
     */
    public Descent(
            NativeOperators operators,
            OptimizerSettings settings,
            Map<String, TrainableModel> models,
            Map<String, NDArray> loose) {
        this.operators = operators;
        this.settings = settings;
        this.models = new LinkedHashMap<>(models);
        this.loose = new LinkedHashMap<>(loose);
        manager = operators.newUnit();
        this.models.values().forEach(model -> parameters.addAll(model.parameters(manager)));
        parameters.addAll(this.loose.values());
        updater = new Updater(operators, settings.rule(), parameters);
    }

    /** Returns the live parameters, in the order of models and plans. */
    public NDList parameters() {
        return parameters;
    }

    /** Returns a tensor outside the models, live. */
    public NDArray loose(String name) {
        NDArray tensor = loose.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "tensor: " + name + " (expected: one of " + loose.keySet() + ")");
        }
        return tensor;
    }

    /**
     * Does one update.
     *
     * @param loss scalar with its graph, which is freed
     * @param rateFactor what the schedule says
     * @return norm of all gradients together, before clipping
     */
    public double step(NDManager unit, NDArray loss, double rateFactor) {
        return apply(unit, operators.gradients(unit, loss, parameters), rateFactor);
    }

    /** As {@link #step} with gradients at hand, in the order of {@link #parameters}. */
    public double apply(NDManager unit, NDList gradients, double rateFactor) {
        NativeOperators.Clipped clipped = operators.clip(unit, gradients, settings.clip());
        updater.update(unit, clipped.gradients(), settings.rate() * rateFactor);
        return clipped.norm();
    }

    /** Returns parameters, buffers and moments. */
    public TrainingState state() {
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        models.forEach(
                (name, model) ->
                        model.state().forEach((path, v) -> tensors.put(name + "/" + path, v)));
        loose.forEach((name, tensor) -> tensors.put(LOOSE + name, Heap.copy(tensor)));
        Updater.Snapshot snapshot = updater.snapshot();
        for (int i = 0; i < snapshot.moments().size(); i++) {
            tensors.put(MOMENTS + i, snapshot.moments().get(i));
        }
        return new TrainingState(tensors, Map.of(UPDATES, snapshot.step()));
    }

    /** Puts a state of the same models back. */
    public void restore(TrainingState state) {
        models.forEach((name, model) -> model.restore(state.below(name + "/")));
        loose.forEach((name, tensor) -> restore(tensor, state.tensors().get(LOOSE + name)));
        updater.restore(
                new Updater.Snapshot(
                        state.counters().getOrDefault(UPDATES, 0L),
                        List.copyOf(state.below(MOMENTS).values())));
    }

    private void restore(NDArray tensor, @Nullable FloatTensor values) {
        if (values != null) {
            try (NDManager unit = operators.newUnit()) {
                operators.assign(unit, new NDList(tensor), new NDList(Heap.back(unit, values)));
            }
        }
    }

    @Override
    public void close() {
        updater.close();
        manager.close();
    }
}
