package org.plumbline.worker.training;

import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.LossReading;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;

import java.util.Map;

/** Trains one model by the losses of its batches. Confined to one thread; owns native memory. */
public final class BatchTrainee implements Trainee, AutoCloseable {
    private final NativeOperators operators;
    private final Batches batches;
    private final Descent descent;

    /** Borrows everything it is given. */
    public BatchTrainee(
            NativeOperators operators,
            TrainableModel model,
            Batches batches,
            OptimizerSettings settings) {
        this.operators = operators;
        this.batches = batches;
        descent = new Descent(operators, settings, Map.of("model", model));
    }

    @Override
    public int size() {
        return batches.size();
    }

    @Override
    public Map<String, Double> step(Step step) {
        try (NDManager unit = operators.newUnit()) {
            LossReading loss = batches.loss(step.samples(), step.number(), unit);
            double norm = descent.apply(unit, loss.gradients(), step.rateFactor());
            return Map.of(
                    "loss", loss.loss(),
                    "cross_entropy", loss.crossEntropy(),
                    "penalty", loss.penalty(),
                    "gradient_norm", norm);
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
