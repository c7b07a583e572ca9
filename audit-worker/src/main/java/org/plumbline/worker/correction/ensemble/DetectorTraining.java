package org.plumbline.worker.correction.ensemble;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.Descent;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Trainee;
import org.plumbline.worker.training.TrainingState;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Trains biased detectors one after another by generalised cross-entropy, all on one stream of
 * batches, and records how sure each is of every sample's label. Confined to one thread; owns
 * native memory, borrows what it is given.
 */
public final class DetectorTraining implements Trainee, AutoCloseable {
    private static final int BATCH = 256;
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
     * @param rows training rows of the data set
     * @param validation rows on which the best state is chosen; without any, the last is taken
     * @param initial values a detector starts from, by its number from 0
     * @param q of the generalised cross-entropy
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once; compared by nobody
    public record Task(
            AuditDataset data,
            int[] rows,
            int[] validation,
            IntFunction<Map<String, FloatTensor>> initial,
            OptimizerSettings optimizer,
            DetectorSettings settings,
            double q) {}

    /** Prepares the first detector. */
    public DetectorTraining(ReweightingLosses losses, TrainableModel model, Task task) {
        this.losses = losses;
        this.model = model;
        this.task = task;
        probabilities = FloatTensor.zeros(task.settings().count(), task.rows().length);
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
        return task.rows().length;
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
            LiveBatch batch = LiveBatch.of(unit, task.data(), picked(step.samples()));
            NDArray z = model.logits(batch.x());
            NDArray loss = losses.mean(unit, losses.generalised(unit, z, batch.y(), task.q()));
            metrics.put("loss", (double) loss.toFloatArray()[0]);
            metrics.put("gradient_norm", descent.step(unit, loss, step.rateFactor()));
        }
        if (task.settings().isMeasured(updates) && task.validation().length > 0) {
            measure();
        }
        if (updates == task.settings().steps()) {
            score(detector);
        }
        return metrics;
    }

    private int[] picked(int... samples) {
        return Arrays.stream(samples).map(i -> task.rows()[i]).toArray();
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
        model.trainingMode(false);
        int hits = 0;
        int[] rows = task.validation();
        for (int from = 0; from < rows.length; from += BATCH) {
            int[] part = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + BATCH));
            try (NDManager unit = losses.operators().newUnit()) {
                LiveBatch batch = LiveBatch.of(unit, task.data(), part);
                FloatTensor z = Heap.copy(model.logits(batch.x()));
                long[] labels = batch.y().toLongArray();
                for (int i = 0; i < part.length; i++) {
                    hits += z.largest(i) == labels[i] ? 1 : 0;
                }
            }
        }
        model.trainingMode(true);
        double accuracy = (double) hits / rows.length;
        if (accuracy > bestAccuracy) {
            bestAccuracy = accuracy;
            best = model.state();
        }
    }

    private void score(int detector) {
        model.restore(best);
        model.trainingMode(false);
        int[] rows = task.rows();
        for (int from = 0; from < rows.length; from += BATCH) {
            int[] part = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + BATCH));
            try (NDManager unit = losses.operators().newUnit()) {
                LiveBatch batch = LiveBatch.of(unit, task.data(), part);
                NDArray z = model.logits(batch.x());
                float[] p = losses.labelProbability(unit, z, batch.y()).toFloatArray();
                System.arraycopy(
                        p, 0, probabilities.values(), detector * rows.length + from, p.length);
            }
        }
    }

    /** Returns the votes of all detectors, once every step is done. */
    public Votes votes() {
        return new Votes(probabilities, task.settings().threshold(), task.settings().agreement());
    }

    @Override
    public TrainingState state() {
        TrainingState of = descent.state();
        Map<String, FloatTensor> tensors = new LinkedHashMap<>(of.tensors());
        Map<String, Long> counters = new LinkedHashMap<>(of.counters());
        tensors.put(PROBABILITIES, probabilities.slice(0, probabilities.rows()));
        best.forEach((name, value) -> tensors.put(BEST + name, value));
        counters.put(BEST, Double.doubleToLongBits(bestAccuracy));
        return new TrainingState(tensors, counters);
    }

    @Override
    public void restore(TrainingState state) {
        descent.restore(state);
        model.trainingMode(true);
        Map<String, FloatTensor> kept = new LinkedHashMap<>();
        state.tensors()
                .forEach(
                        (name, value) -> {
                            if (name.startsWith(BEST)) {
                                kept.put(name.substring(BEST.length()), value);
                            } else if (name.equals(PROBABILITIES)) {
                                System.arraycopy(
                                        value.values(),
                                        0,
                                        probabilities.values(),
                                        0,
                                        value.values().length);
                            }
                        });
        best = kept;
        bestAccuracy =
                Double.longBitsToDouble(
                        state.counters().getOrDefault(BEST, Double.doubleToLongBits(-1)));
    }

    @Override
    public void close() {
        descent.close();
    }
}
