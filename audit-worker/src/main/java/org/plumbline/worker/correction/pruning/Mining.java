package org.plumbline.worker.correction.pruning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.LiveBatch;

import java.util.Arrays;

/**
 * What a biased model thinks of training rows: how sure it is of the label of each, and whether it
 * predicts another. Immutable.
 *
 * @param trueProbability probability of the label, in [0, 1], one for each row
 * @param wrong 1 where another class is predicted, else 0
 */
public record Mining(DenseVector trueProbability, DenseVector wrong) {
    private static final int BATCH = 256;

    /** How rows that conflict with the bias are found. */
    public enum Kind {
        /** Those that the biased model gets wrong. */
        WRONG,
        /** Those of which the biased model is unsure throughout its training. */
        ENSEMBLE,
        /** Those whose bias label differs from their label: an upper bound. */
        SUPERVISED
    }

    /** Asks a model about rows, in inference mode; the model is left in training mode. */
    public static Mining pass(
            NativeOperators operators, TrainableModel model, AuditDataset data, int[] rows) {
        float[] sure = new float[rows.length];
        float[] wrong = new float[rows.length];
        model.trainingMode(false);
        for (int from = 0; from < rows.length; from += BATCH) {
            int[] some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + BATCH));
            try (NDManager unit = operators.newUnit()) {
                LiveBatch batch = LiveBatch.of(unit, data, some);
                NDArray logits = model.logits(batch.x());
                float[] verdicts =
                        operators
                                .callOne(
                                        "plumbline_verdicts",
                                        Operands.in(unit).tensor(logits).tensor(batch.y()))
                                .toFloatArray();
                for (int i = 0; i < some.length; i++) {
                    sure[from + i] = verdicts[2 * i];
                    wrong[from + i] = verdicts[2 * i + 1];
                }
            }
        }
        model.trainingMode(true);
        return new Mining(DenseVector.copyOf(sure), DenseVector.copyOf(wrong));
    }

    /** Flags the rows that are got wrong; the score is the doubt {@code 1 - p_y}. */
    public MinedRows mistakes() {
        float[] doubts = trueProbability.toArray();
        for (int i = 0; i < doubts.length; i++) {
            doubts[i] = 1 - doubts[i];
        }
        return new MinedRows(wrong, DenseVector.copyOf(doubts));
    }

    /**
     * Returns 1 for rows whose bias label differs from their label.
     *
     * @throws AuditException {@code BAD_DATA} if the data set has no bias labels
     */
    public static DenseVector conflicting(AuditDataset data, int[] rows) {
        long[] bias =
                data.biasLabels()
                        .orElseThrow(
                                () ->
                                        AuditException.of(
                                                ErrorCode.BAD_DATA,
                                                "bias_labels",
                                                "none",
                                                "bias_labels.npy or the manifest's column"
                                                        + " bias_label, for mining supervised"));
        long[] labels = data.labels();
        float[] flags = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            flags[i] = labels[rows[i]] == bias[rows[i]] ? 0 : 1;
        }
        return DenseVector.copyOf(flags);
    }
}
