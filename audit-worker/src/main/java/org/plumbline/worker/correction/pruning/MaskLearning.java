package org.plumbline.worker.correction.pruning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.tap.Updater;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.SampleOrder;
import org.plumbline.worker.training.Trainee;
import org.plumbline.worker.training.TrainingState;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Phase 3: learns the logits of masks over constant weights by {@code CE + lambda_sparse sum(pi) +
 * lambda_con L_con}, on batches where flagged rows are drawn more often. Batch normalisation keeps
 * learning its statistics, as published.
 *
 * <p>A logit without gradient from the task has the gradient {@code lambda_sparse} exactly, so Adam
 * moves it by {@code rate lambda / (lambda + epsilon)} a step: its epsilon decides when idle
 * weights are pruned. Confined to one thread; owns native memory, borrows the model.
 */
public final class MaskLearning implements Trainee, AutoCloseable {
    private static final String UPDATES = "mask/updates";

    private final NativeOperators operators;
    private final TrainableModel model;
    private final WeightMasks masks;
    private final FlaggedRows rows;
    private final MaskSettings settings;
    private final long seed;
    private final int batch;
    private final Updater updater;

    /**
     * Starts at the gate's initial logits.
     *
     * @param model with a tap; its mode decides how batch normalisation behaves
     * @param drawing of batches and noise
     */
    public MaskLearning(
            NativeOperators operators,
            TrainableModel model,
            WeightMasks masks,
            FlaggedRows rows,
            MaskSettings settings,
            Drawing drawing) {
        this.operators = operators;
        this.model = model;
        this.masks = masks;
        this.rows = rows;
        this.settings = settings;
        this.seed = drawing.seed();
        this.batch = drawing.batch();
        updater =
                new Updater(
                        operators,
                        new UpdateRule.Adam(0.9, 0.999, settings.epsilon(), 0),
                        masks.logits());
    }

    /**
     * How batches and noise are drawn. Immutable.
     *
     * @param seed of the noise
     * @param batch samples in a step, at least 1
     */
    public record Drawing(long seed, int batch) {}

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public SampleOrder order(long orderSeed) {
        return rows.draws(orderSeed, settings.upweight(), batch);
    }

    @Override
    public Map<String, Double> step(Step step) {
        try (NDManager unit = operators.newUnit()) {
            LiveBatch drawn = rows.batch(unit, step.samples());
            NDArray flags = rows.flags(unit, step.samples());
            GateNoise noise = GateNoise.of(operators, seed, step.number());
            return step(unit, drawn, flags, noise).values();
        }
    }

    /** What a step saw, before its update. */
    record Seen(TaskLoss.Terms terms, double sum, NDList gradients, double sparsity) {
        Map<String, Double> values() {
            Map<String, Double> values = new LinkedHashMap<>();
            values.put("loss", terms.loss().toFloatArray()[0] + sparsity * sum);
            values.put("cross_entropy", (double) terms.crossEntropy().toFloatArray()[0]);
            values.put("contrast", (double) terms.contrast().toFloatArray()[0]);
            values.put("logit_sum", sum);
            return values;
        }
    }

    /** Does one step with noise at hand. */
    Seen step(NDManager unit, LiveBatch drawn, NDArray flags, GateNoise noise) {
        double sum = masks.sum(unit).toFloatArray()[0];
        masks.sample(unit, noise);
        TaskLoss.Terms terms = settings.loss().of(operators, unit, model, drawn, flags);
        NDList gradients = operators.gradients(unit, terms.loss(), masks.weights());
        masks.gradients(unit, gradients, noise, settings.sparsity());
        updater.update(unit, gradients, settings.rate());
        return new Seen(terms, sum, gradients, settings.sparsity());
    }

    @Override
    public TrainingState state() {
        masks.writeDense();
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        model.state().forEach((path, value) -> tensors.put("model/" + path, value));
        put(tensors, "logits/", masks.values());
        Updater.Snapshot snapshot = updater.snapshot();
        put(tensors, "moments/", snapshot.moments());
        return new TrainingState(tensors, Map.of(UPDATES, snapshot.step()));
    }

    private static void put(
            Map<String, FloatTensor> tensors, String prefix, List<FloatTensor> values) {
        for (int i = 0; i < values.size(); i++) {
            tensors.put(prefix + i, values.get(i));
        }
    }

    @Override
    public void restore(TrainingState state) {
        model.restore(state.below("model/"));
        masks.restore(List.copyOf(state.below("logits/").values()));
        updater.restore(
                new Updater.Snapshot(
                        state.counters().getOrDefault(UPDATES, 0L),
                        List.copyOf(state.below("moments/").values())));
    }

    @Override
    public void close() {
        updater.close();
    }
}
