package org.plumbline.worker.correction.pruning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.OperatorSource;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.correction.ensemble.LabelVerdicts;
import org.plumbline.worker.correction.ensemble.ReweightingLosses;
import org.plumbline.worker.training.Descent;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Trainee;
import org.plumbline.worker.training.TrainingRows;
import org.plumbline.worker.training.TrainingState;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Phase 1: trains a classifier by one loss, and where asked adds up how unsure it is of each row,
 * {@code sum of (1 - p_y) every / steps} over passes about an epoch apart. The published loop
 * trains the main and the biased classifier side by side; they share nothing but the order of
 * samples, so one after the other is the same. Confined to one thread; owns native memory, borrows
 * the model.
 */
public final class BiasedTraining implements Trainee, AutoCloseable {
    /** The operators of this package and those they call. */
    public static final OperatorSource SOURCE =
            ReweightingLosses.SOURCE.and(OperatorSource.of(BiasedTraining.class, "pruning.py"));

    private static final String DOUBTS = "doubts";

    private final ReweightingLosses losses;
    private final TrainableModel model;
    private final TrainingRows rows;
    private final BiasedLoss loss;
    private final Doubting doubting;
    private final float[] doubts;
    private final Descent descent;

    /**
     * When doubts are added up. Immutable.
     *
     * @param every steps from one pass to the next; 0: never
     * @param steps of the whole run
     */
    public record Doubting(long every, long steps) {
        /** Returns one that never does. */
        public static Doubting never() {
            return new Doubting(0, 1);
        }
    }

    /** Borrows everything it is given. */
    public BiasedTraining(
            ReweightingLosses losses,
            TrainableModel model,
            TrainingRows rows,
            BiasedLoss loss,
            OptimizerSettings settings,
            Doubting doubting) {
        this.losses = losses;
        this.model = model;
        this.rows = rows;
        this.loss = loss;
        this.doubting = doubting;
        doubts = new float[rows.size()];
        descent = new Descent(losses.operators(), settings, Map.of("model", model));
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public Map<String, Double> step(Step step) {
        Map<String, Double> values = new LinkedHashMap<>();
        try (NDManager unit = losses.operators().newUnit()) {
            LiveBatch batch = rows.batch(unit, step.samples());
            NDArray value = loss.of(losses, unit, model.logits(batch.x()), batch.y());
            values.put("loss", (double) value.toFloatArray()[0]);
            values.put("gradient_norm", descent.step(unit, value, step.rateFactor()));
        }
        if (doubting.every() > 0 && (step.number() + 1) % doubting.every() == 0) {
            doubt();
        }
        return values;
    }

    private void doubt() {
        float[] sure = LabelVerdicts.pass(losses, model, rows).probability().toArray();
        for (int i = 0; i < sure.length; i++) {
            doubts[i] += (float) ((1 - sure[i]) * doubting.every() / (double) doubting.steps());
        }
    }

    /** Returns the doubts so far, one for each row, at least 0. */
    public DenseVector doubts() {
        return DenseVector.copyOf(doubts);
    }

    @Override
    public TrainingState state() {
        return descent.state().with(Map.of(DOUBTS, FloatTensor.of(doubts.clone(), doubts.length)));
    }

    @Override
    public void restore(TrainingState state) {
        descent.restore(state);
        FloatTensor saved = state.tensors().get(DOUBTS);
        if (saved != null) {
            System.arraycopy(saved.values(), 0, doubts, 0, doubts.length);
        }
    }

    @Override
    public void close() {
        descent.close();
    }
}
