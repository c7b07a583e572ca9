package org.plumbline.worker.correction.ensemble;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.Descent;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Trainee;
import org.plumbline.worker.training.TrainingRows;
import org.plumbline.worker.training.TrainingState;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Steps of DisEnt. Each network's classifier reads the features of both encoders; the half of its
 * weight that belongs to its own encoder is the network's last linear layer, the other half a
 * tensor of its own. Confined to one thread; owns native memory, borrows the networks.
 */
public final class DisEntTrainee implements Trainee, AutoCloseable {
    private static final String DEBIASED = "debiased_foreign";
    private static final String BIASED = "biased_foreign";

    private final LffTrainee.Networks networks;
    private final TrainingRows rows;
    private final DisEntLosses losses;
    private final RelativeDifficulty difficulty;
    private final long seed;
    private final NDManager manager;
    private final Map<String, NDArray> foreign = new LinkedHashMap<>();
    private final Descent descent;

    /**
     * The halves of the classifiers that belong to the other encoder, {@code [classes, d]} each.
     * Borrows both.
     */
    public record ForeignWeights(FloatTensor debiased, FloatTensor biased) {}

    /**
     * Makes a trainee at step 0.
     *
     * @param networks loaded with a tap at the input of the last linear layer
     * @param difficulty closed with this
     * @param seed decides permutations
     */
    public DisEntTrainee(
            LffTrainee.Networks networks,
            TrainingRows rows,
            DisEntLosses losses,
            RelativeDifficulty difficulty,
            ForeignWeights initial,
            OptimizerSettings optimizer,
            long seed) {
        this.networks = networks;
        this.rows = rows;
        this.losses = losses;
        this.difficulty = difficulty;
        this.seed = seed;
        manager = losses.operators().newUnit();
        foreign.put(DEBIASED, leaf(initial.debiased()));
        foreign.put(BIASED, leaf(initial.biased()));
        descent = new Descent(losses.operators(), optimizer, networks.byName(), foreign);
    }

    private NDArray leaf(FloatTensor values) {
        return losses.operators().leaf(manager, Heap.back(manager, values));
    }

    /** Returns where the foreign halves are now. */
    public ForeignWeights foreign() {
        return new ForeignWeights(
                Heap.copy(descent.loose(DEBIASED)), Heap.copy(descent.loose(BIASED)));
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public Map<String, Double> step(Step step) {
        try (NDManager unit = losses.operators().newUnit()) {
            LiveBatch batch = rows.batch(unit, step.samples());
            DisEntLosses.Batch seen =
                    new DisEntLosses.Batch(
                            half(networks.debiased().tapped(batch.x()), DEBIASED),
                            half(networks.biased().tapped(batch.x()), BIASED),
                            batch.y(),
                            step.samples());
            int[] permutation =
                    losses.disentangling().swaps(step.number())
                            ? Permutations.of(seed, step.number(), step.samples().length)
                            : new int[0];
            DisEntLosses.Terms terms = losses.of(unit, seen, difficulty, permutation);
            Map<String, Double> metrics = new LinkedHashMap<>();
            NDList parts = terms.parts();
            metrics.put("loss", Scalars.value(terms.total()));
            metrics.put("debiased_loss", Scalars.value(parts.get(0)));
            metrics.put("biased_loss", Scalars.value(parts.get(1)));
            if (parts.size() > 2) {
                metrics.put("swapped_debiased_loss", Scalars.value(parts.get(2)));
                metrics.put("swapped_biased_loss", Scalars.value(parts.get(3)));
            }
            metrics.put("mean_weight", Scalars.mean(terms.weights()));
            double rate = step.rateFactor() * losses.disentangling().rate(step.number());
            metrics.put("gradient_norm", descent.step(unit, terms.total(), rate));
            return metrics;
        }
    }

    private DisEntLosses.Half half(TrainableModel.Tapped tapped, String weight) {
        return new DisEntLosses.Half(tapped.logits(), tapped.activation(), descent.loose(weight));
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
        manager.close();
    }
}
