package org.plumbline.worker.correction.pruning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.worker.training.Descent;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.SampleOrder;
import org.plumbline.worker.training.Trainee;
import org.plumbline.worker.training.TrainingState;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Phase 4: trains what the masks left. Gradients of pruned entries are 0, as those of {@code W * m}
 * are, and the entries themselves are 0, so neither Adam nor weight decay moves them. Confined to
 * one thread; owns native memory, borrows the model.
 */
public final class FineTuning implements Trainee, AutoCloseable {
    private final NativeOperators operators;
    private final TrainableModel model;
    private final FlaggedRows rows;
    private final TaskLoss loss;
    private final double upweight;
    private final int batch;
    private final List<Integer> masked;
    private final NDManager manager;
    private final NDList masks;
    private final Descent descent;

    /**
     * Prunes the weights for good.
     *
     * @param model whose plan trains at least the masked weights, with a tap
     * @param masks learnt; may be closed afterwards
     * @param names of the masked weights
     */
    public FineTuning(
            NativeOperators operators,
            TrainableModel model,
            WeightMasks masks,
            List<String> names,
            Settings settings) {
        this.operators = operators;
        this.model = model;
        this.rows = settings.rows();
        this.loss = settings.loss();
        this.upweight = settings.upweight();
        this.batch = settings.batch();
        masked = names.stream().map(model.plan().trainable()::indexOf).toList();
        manager = operators.newUnit();
        this.masks = masks.fixed(manager);
        descent = new Descent(operators, settings.optimizer(), Map.of("model", model));
        try (NDManager unit = operators.newUnit()) {
            keep(unit, descent.parameters());
        }
    }

    /**
     * What to train on and how. Immutable.
     *
     * @param upweight how many times more often a flagged row is drawn, above 0
     * @param batch samples in a step
     */
    public record Settings(
            FlaggedRows rows,
            TaskLoss loss,
            OptimizerSettings optimizer,
            double upweight,
            int batch) {}

    private void keep(NDManager unit, NDList tensors) {
        NDList some = new NDList();
        masked.forEach(i -> some.add(tensors.get(i)));
        operators.call("plumbline_gate_fix", Operands.in(unit).list(some).list(masks));
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public SampleOrder order(long seed) {
        return rows.draws(seed, upweight, batch);
    }

    @Override
    public Map<String, Double> step(Step step) {
        try (NDManager unit = operators.newUnit()) {
            NDArray flags = rows.flags(unit, step.samples());
            TaskLoss.Terms terms =
                    loss.of(operators, unit, model, rows.batch(unit, step.samples()), flags);
            NDList gradients = operators.gradients(unit, terms.loss(), descent.parameters());
            keep(unit, gradients);
            Map<String, Double> values = new LinkedHashMap<>();
            values.put("loss", (double) terms.loss().toFloatArray()[0]);
            values.put("cross_entropy", (double) terms.crossEntropy().toFloatArray()[0]);
            values.put("contrast", (double) terms.contrast().toFloatArray()[0]);
            values.put("gradient_norm", descent.apply(unit, gradients, step.rateFactor()));
            return values;
        }
    }

    @Override
    public TrainingState state() {
        return descent.state();
    }

    @Override
    public void restore(TrainingState state) {
        descent.restore(state);
    }

    @Override
    public void close() {
        descent.close();
        manager.close();
    }
}
