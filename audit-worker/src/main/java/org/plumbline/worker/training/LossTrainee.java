package org.plumbline.worker.training;

import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;

import java.util.LinkedHashMap;
import java.util.Map;

/** Trains one model by descending one loss. Confined to one thread; owns native memory. */
public final class LossTrainee implements Trainee, AutoCloseable {
    private final NativeOperators operators;
    private final int size;
    private final BatchLoss loss;
    private final Descent descent;

    /**
     * Borrows everything it is given.
     *
     * @param size number of samples
     */
    public LossTrainee(
            NativeOperators operators,
            TrainableModel model,
            OptimizerSettings settings,
            int size,
            BatchLoss loss) {
        this.operators = operators;
        this.size = size;
        this.loss = loss;
        descent = new Descent(operators, settings, Map.of("model", model));
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Map<String, Double> step(Step step) {
        try (NDManager unit = operators.newUnit()) {
            BatchLoss.Terms terms = loss.of(unit, step);
            Map<String, Double> metrics = new LinkedHashMap<>(terms.values());
            metrics.put("gradient_norm", descent.step(unit, terms.loss(), step.rateFactor()));
            return metrics;
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
    }
}
