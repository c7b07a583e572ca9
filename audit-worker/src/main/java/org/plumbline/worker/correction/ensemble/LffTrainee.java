package org.plumbline.worker.correction.ensemble;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.TrainableModel;
import org.plumbline.worker.training.Descent;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Trainee;
import org.plumbline.worker.training.TrainingRows;
import org.plumbline.worker.training.TrainingState;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Steps of learning from failure: both networks see a batch, one backward pass goes through the sum
 * of their losses, whose graphs share nothing. Confined to one thread; owns native memory, borrows
 * the networks.
 */
public final class LffTrainee implements Trainee, AutoCloseable {
    private final Networks networks;
    private final TrainingRows rows;
    private final BiasedTerm biasedTerm;
    private final RelativeDifficulty difficulty;
    private final Descent descent;

    /**
     * Makes a trainee at step 0.
     *
     * @param difficulty closed with this
     */
    public LffTrainee(
            Networks networks,
            TrainingRows rows,
            BiasedTerm biasedTerm,
            RelativeDifficulty difficulty,
            OptimizerSettings optimizer) {
        this.networks = networks;
        this.rows = rows;
        this.biasedTerm = biasedTerm;
        this.difficulty = difficulty;
        descent = new Descent(biasedTerm.losses().operators(), optimizer, networks.byName());
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public Map<String, Double> step(Step step) {
        ReweightingLosses losses = biasedTerm.losses();
        try (NDManager unit = losses.operators().newUnit()) {
            LiveBatch batch = rows.batch(unit, step.samples());
            NDArray zBiased = networks.biased().logits(batch.x());
            NDArray zDebiased = networks.debiased().logits(batch.x());
            NDArray lBiased = losses.crossEntropy(unit, zBiased, batch.y());
            NDArray lDebiased = losses.crossEntropy(unit, zDebiased, batch.y());
            NDArray index = unit.create(Arrays.stream(step.samples()).asLongStream().toArray());
            NDArray weights = difficulty.weights(unit, index, lBiased, lDebiased);
            NDArray biased = biasedTerm.of(unit, lBiased, step.samples());
            NDArray debiased = losses.weightedMean(unit, lDebiased, weights);
            NDArray total =
                    losses.operators().weightedSum(unit, new NDList(biased, debiased), 1, 1);
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("loss", Scalars.value(total));
            metrics.put("biased_loss", Scalars.value(biased));
            metrics.put("debiased_loss", Scalars.value(debiased));
            metrics.put("mean_weight", Scalars.mean(weights));
            metrics.put("gradient_norm", descent.step(unit, total, step.rateFactor()));
            return metrics;
        }
    }

    @Override
    public TrainingState state() {
        return descent.state().with(difficulty.state());
    }

    @Override
    public void restore(TrainingState state) {
        descent.restore(state);
        difficulty.restore(state.tensors());
    }

    @Override
    public void close() {
        descent.close();
        difficulty.close();
    }

    /** The two networks. Borrowed. */
    public record Networks(TrainableModel debiased, TrainableModel biased) {
        Map<String, TrainableModel> byName() {
            Map<String, TrainableModel> models = new LinkedHashMap<>();
            models.put("debiased", debiased);
            models.put("biased", biased);
            return models;
        }
    }
}
