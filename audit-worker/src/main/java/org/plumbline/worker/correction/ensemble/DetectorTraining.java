package org.plumbline.worker.correction.ensemble;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

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
import java.util.function.IntFunction;

/**
 * Trains biased detectors one after another by generalised cross-entropy, all on one stream of
 * batches, and records how sure each is of every sample's label. Confined to one thread; owns
 * native memory, borrows what it is given.
 */
public final class DetectorTraining implements Trainee, AutoCloseable {
    private static final String PROBABILITIES = "detectors/probabilities";
    private static final String BEST = "best/";

    private final ReweightingLosses losses;
    private final TrainableModel model;
    private final Task task;
    private final FloatTensor probabilities;
    private Descent descent;
    private Map<String, FloatTensor> best = Map.of();
    private double bestAccuracy = -1;

    /**
     * What to train detectors on. Not to be kept.
     *
     * @param rows to train on
     * @param validation rows on which the best state is chosen; without any, the last is taken
     * @param initial values a detector starts from, by its number from 0
     * @param q of the generalised cross-entropy
     */
    public record Task(
            TrainingRows rows,
            TrainingRows validation,
            IntFunction<Map<String, FloatTensor>> initial,
            OptimizerSettings optimizer,
            DetectorSettings settings,
            double q) {}

    /** Prepares the first detector. */
    public DetectorTraining(ReweightingLosses losses, TrainableModel model, Task task) {
        this.losses = losses;
        this.model = model;
        this.task = task;
        probabilities = FloatTensor.zeros(task.settings().count(), task.rows().size());
        descent = newDescent();
    }

    private Descent newDescent() {
        return new Descent(losses.operators(), task.optimizer(), Map.of("detector", model));
    }

    /** Returns the number of steps of all detectors together. */
    public long steps() {
        return (long) task.settings().count() * task.settings().steps();
    }

    @Override
    public int size() {
        return task.rows().size();
    }

    @Override
    public Map<String, Double> step(Step step) {
        int detector = Math.toIntExact(step.number() / task.settings().steps());
        int updates = (int) (step.number() % task.settings().steps()) + 1;
        if (updates == 1) {
            begin(detector);
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        try (NDManager unit = losses.operators().newUnit()) {
            LiveBatch batch = task.rows().batch(unit, step.samples());
            NDArray each = losses.crossEntropy(unit, model.logits(batch.x()), batch.y());
            NDArray loss = losses.mean(unit, losses.generalised(unit, each, task.q()));
            metrics.put("loss", (double) loss.toFloatArray()[0]);
            metrics.put("gradient_norm", descent.step(unit, loss, step.rateFactor()));
        }
        if (task.settings().isMeasured(updates) && task.validation().size() > 0) {
            measure();
        }
        if (updates == task.settings().steps()) {
            score(detector);
        }
        return metrics;
    }

    private void begin(int detector) {
        model.restore(task.initial().apply(detector));
        model.trainingMode(true);
        descent.close();
        descent = newDescent();
        best = Map.of();
        bestAccuracy = -1;
    }

    /** Keeps the state if it is strictly the best so far on validation rows. */
    private void measure() {
        double accuracy = LabelVerdicts.pass(losses, model, task.validation()).accuracy();
        if (accuracy > bestAccuracy) {
            bestAccuracy = accuracy;
            best = model.state();
        }
    }

    private void score(int detector) {
        model.restore(best);
        float[] p = LabelVerdicts.pass(losses, model, task.rows()).probability().toArray();
        System.arraycopy(p, 0, probabilities.values(), detector * p.length, p.length);
    }

    /** Returns the votes of all detectors, once every step is done. */
    public Votes votes() {
        return new Votes(probabilities, task.settings().threshold(), task.settings().agreement());
    }

    @Override
    public TrainingState state() {
        Map<String, FloatTensor> more = new LinkedHashMap<>();
        more.put(PROBABILITIES, probabilities.slice(0, probabilities.rows()));
        best.forEach((name, value) -> more.put(BEST + name, value));
        return descent.state().with(more).with(BEST, Double.doubleToLongBits(bestAccuracy));
    }

    @Override
    public void restore(TrainingState state) {
        descent.restore(state);
        model.trainingMode(true);
        FloatTensor saved = state.tensors().get(PROBABILITIES);
        if (saved != null) {
            System.arraycopy(saved.values(), 0, probabilities.values(), 0, saved.values().length);
        }
        best = state.below(BEST);
        bestAccuracy =
                Double.longBitsToDouble(
                        state.counters().getOrDefault(BEST, Double.doubleToLongBits(-1)));
    }

    @Override
    public void close() {
        descent.close();
    }
}
