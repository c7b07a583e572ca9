package org.plumbline.worker.training;

import ai.djl.ndarray.NDManager;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.LossReading;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tap.Updater;

import java.util.Arrays;
import java.util.Map;

/** The one training loop. Thread-safe, but a model is confined to the calling thread. */
public final class TrainingLoop {
    private TrainingLoop() {}

    /**
     * Trains in place.
     *
     * @throws AuditException {@code CANCELLED} when the listener said so; {@code BAD_DATA} if the
     *     loss or its gradient stops being finite
     */
    public static void run(
            TrainableModel model,
            Batches batches,
            TrainingSettings settings,
            TrainingListener listener) {
        Shuffle shuffle = new Shuffle(settings.seed(), batches.size());
        int size = settings.batchSize();
        long perEpoch = (batches.size() + size - 1L) / size;
        long steps = perEpoch * settings.epochs();
        long step = 0;
        try (Updater updater = new Updater(model, settings.numbers())) {
            for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
                int[] order = shuffle.epoch(epoch);
                for (int from = 0; from < order.length; from += size) {
                    if (listener.cancelled()) {
                        throw new AuditException(ErrorCode.CANCELLED, "cancelled");
                    }
                    int[] samples =
                            Arrays.copyOfRange(order, from, Math.min(order.length, from + size));
                    Map<String, Double> losses = step(model, batches, updater, samples, step);
                    step++;
                    listener.onStep(
                            new TrainingStep(
                                    "train", epoch, settings.epochs(), step, steps, losses));
                }
            }
        }
    }

    private static Map<String, Double> step(
            TrainableModel model, Batches batches, Updater updater, int[] samples, long step) {
        try (NDManager unit = model.newUnit()) {
            LossReading loss = batches.loss(samples, step, unit);
            requireFinite("loss", loss.loss(), step);
            double norm = updater.step(loss.gradients(), 1);
            requireFinite("gradient_norm", norm, step);
            return Map.of(
                    "loss", loss.loss(),
                    "cross_entropy", loss.crossEntropy(),
                    "penalty", loss.penalty(),
                    "gradient_norm", norm);
        }
    }

    private static void requireFinite(String name, double value, long step) {
        if (!Double.isFinite(value)) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    name,
                    value + " at step " + step,
                    "finite; try a smaller learning_rate or lambda");
        }
    }
}
