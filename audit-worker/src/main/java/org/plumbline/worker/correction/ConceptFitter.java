package org.plumbline.worker.correction;

import org.plumbline.core.cav.Cav;
import org.plumbline.core.cav.CavFit;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.cav.MeanLengths;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.ActivationReading;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.Split;

import java.util.Arrays;
import java.util.OptionalInt;

/** Fits CAVs on the training rows of a data set, in their order. Thread-safe. */
public final class ConceptFitter {
    private static final int BATCH = 64;

    private ConceptFitter() {}

    /**
     * What to fit. Immutable.
     *
     * @param targetClass use only rows of that label which the model predicts as such; empty: all
     * @param kind estimator
     * @param pooling of activations over locations, to channels
     */
    public record Wanted(
            ConceptId concept, OptionalInt targetClass, CavKind kind, Pooling pooling) {}

    /** What a model says of training rows. */
    @FunctionalInterface
    interface Readings {
        /** Returns logits and the layer's value of a batch of rows of the data set, in order. */
        ActivationReading of(int[] rows);
    }

    /**
     * A fitted concept and the examples it was fitted to. Immutable.
     *
     * @param fit whose direction is that of the CAV
     */
    public record Fitted(Cav cav, CavFit fit, LabelledActivations examples) {
        /** Returns the mean projections of samples with and without the concept. */
        public MeanLengths meanLengths() {
            return examples.meanLengths(fit.direction());
        }
    }

    /**
     * Fits a CAV.
     *
     * <p>Source: frederikpahde/rrclarc, collection of activations before correction.
     *
     * @throws AuditException {@code BAD_DATA} if positives or negatives are missing or too few for
     *     the kind, or cannot be told apart
     */
    public static Fitted fit(TappedModel model, AuditDataset data, Wanted wanted) {
        return fit(model.layer(), rows -> model.observe(data.inputs(rows)), data, wanted);
    }

    /** As {@link #fit(TappedModel, AuditDataset, Wanted)} with readings made elsewhere. */
    static Fitted fit(LayerPath layer, Readings readings, AuditDataset data, Wanted wanted) {
        LabelledActivations examples = examples(readings, data, wanted);
        try {
            CavFit fit = wanted.kind().fit(examples);
            return new Fitted(new Cav(wanted.concept(), layer, fit.direction()), fit, examples);
        } catch (AuditException e) {
            throw named(wanted.concept(), e);
        }
    }

    /** Names the file or column that says which rows show the concept. */
    private static AuditException named(ConceptId concept, AuditException e) {
        return new AuditException(e.code(), "concept_" + concept + ": " + e.getMessage(), e);
    }

    private static void requireFinite(FloatTensor activations, int row, int input) {
        for (int j = 0; j < activations.rowSize(); j++) {
            float value = activations.values()[row * activations.rowSize() + j];
            if (!Float.isFinite(value)) {
                throw AuditException.of(
                        ErrorCode.BAD_DATA,
                        "inputs[" + input + "]: activation",
                        value,
                        "finite values");
            }
        }
    }

    private static LabelledActivations examples(
            Readings readings, AuditDataset data, Wanted wanted) {
        ConceptId concept = wanted.concept();
        OptionalInt targetClass = wanted.targetClass();
        long[] labels = data.labels();
        long[] flags = data.concept(concept);
        int[] rows =
                Arrays.stream(data.rows(Split.TRAIN))
                        .filter(
                                row ->
                                        targetClass.isEmpty()
                                                || labels[row] == targetClass.getAsInt())
                        .toArray();
        float[] pooled = new float[0];
        long[] kept = new long[rows.length];
        int n = 0;
        int d = 0;
        for (int from = 0; from < rows.length; from += BATCH) {
            int[] batch = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + BATCH));
            ActivationReading reading = readings.of(batch);
            FloatTensor activations = wanted.pooling().pool(reading.activation());
            d = activations.rowSize();
            pooled = from == 0 ? new float[Math.multiplyExact(rows.length, d)] : pooled;
            for (int i = 0; i < batch.length; i++) {
                if (targetClass.isEmpty()
                        || reading.logits().largest(i) == targetClass.getAsInt()) {
                    requireFinite(activations, i, batch[i]);
                    System.arraycopy(activations.values(), i * d, pooled, n * d, d);
                    kept[n++] = flags[batch[i]];
                }
            }
        }
        if (n == 0) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "concept_" + concept,
                    "no training row that the model predicts as its class",
                    "rows with and without the concept");
        }
        try {
            return LabelledActivations.of(
                    FloatTensor.of(Arrays.copyOf(pooled, n * d), n, d), Arrays.copyOf(kept, n));
        } catch (AuditException e) {
            throw named(concept, e);
        }
    }
}
