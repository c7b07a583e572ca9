package org.plumbline.worker.correction.ensemble;

import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.training.TrainingRows;

import java.util.Arrays;

/**
 * What a model thinks of the labels of some rows. Immutable.
 *
 * @param probability softmax probability of the label, in [0, 1], one for each row
 * @param wrong 1 where another class is predicted, else 0
 */
public record LabelVerdicts(DenseVector probability, DenseVector wrong) {
    private static final int BATCH = 256;

    /** Asks a model about rows, in inference mode; the model is left in training mode. */
    public static LabelVerdicts pass(
            ReweightingLosses losses, TrainableModel model, TrainingRows rows) {
        float[] sure = new float[rows.size()];
        float[] wrong = new float[rows.size()];
        model.trainingMode(false);
        for (int from = 0; from < sure.length; from += BATCH) {
            int first = from;
            int[] samples = new int[Math.min(BATCH, sure.length - from)];
            Arrays.setAll(samples, i -> first + i);
            try (NDManager unit = losses.operators().newUnit()) {
                var batch = rows.batch(unit, samples);
                float[] verdicts =
                        losses.verdicts(unit, model.logits(batch.x()), batch.y()).toFloatArray();
                for (int i = 0; i < samples.length; i++) {
                    sure[from + i] = verdicts[2 * i];
                    wrong[from + i] = verdicts[2 * i + 1];
                }
            }
        }
        model.trainingMode(true);
        return new LabelVerdicts(DenseVector.copyOf(sure), DenseVector.copyOf(wrong));
    }

    /** Returns the share of rows whose label is predicted, in [0, 1]; at least one row. */
    double accuracy() {
        double mistakes = 0;
        for (float mistake : wrong.toArray()) {
            mistakes += mistake;
        }
        return 1 - mistakes / wrong.dimension();
    }
}
