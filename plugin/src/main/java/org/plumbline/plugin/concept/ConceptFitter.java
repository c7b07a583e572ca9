package org.plumbline.plugin.concept;

import org.plumbline.core.cav.CavFit;
import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.cav.MeanLengths;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.cav.QualityBounds;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.Intervention;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.concept.FitRecord.FittedIn;
import org.plumbline.plugin.intercept.PresenceRule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fits concepts in one model, which may serve meanwhile. Thread-safe; borrows the model.
 *
 * @param model runs the examples
 * @param in what is recorded of it
 * @param bounds below what a CAV is poor; a concept's own seed draws its resamples
 */
public record ConceptFitter(TappedModel model, FittedIn in, QualityBounds bounds) {
    private static final Logger LOG = LoggerFactory.getLogger(ConceptFitter.class);
    private static final int BATCH = 16;

    /**
     * Fits a concept.
     *
     * @throws AuditException {@code BAD_DATA} naming concept, file and rule, if the model refuses
     *     the examples, or no CAV can be learnt from their activations
     */
    public Fitted fit(LibraryConcept concept, ConceptExamples examples, Instant at) {
        String name = "concept " + concept.name() + ": ";
        FitSettings settings = examples.settings();
        FloatTensor with = pooled(examples.positives(), settings.pooling(), name);
        FloatTensor without = pooled(examples.negatives(), settings.pooling(), name);
        try {
            LabelledActivations activations = LabelledActivations.ofGroups(with, without);
            CavFit fit = settings.cav().fit(activations);
            CavQuality quality =
                    CavQuality.of(
                            activations, fit, bounds.with(bounds.resamples(), settings.seed()));
            quality.poor().ifPresent(r -> LOG.warn("{}poor CAV, raises no alert: {}", name, r));
            MeanLengths lengths = activations.meanLengths(fit.direction());
            boolean maximum = settings.pooling() == Pooling.MAX;
            return new Fitted(
                    new FittedConcept(
                            new FitRecord(concept, in, fit, quality, at),
                            new Intervention(fit.direction(), lengths.clean(), 1, maximum),
                            PresenceRule.of(lengths, settings.pooling())),
                    with,
                    without);
        } catch (AuditException e) {
            String sources =
                    examples.positives().source() + " and " + examples.negatives().source();
            throw new AuditException(
                    e.code(), name + sources + " at " + in.layer() + ": " + e.getMessage(), e);
        }
    }

    private FloatTensor pooled(Examples side, Pooling pooling, String concept) {
        FloatTensor inputs = side.inputs();
        List<FloatTensor> parts = new ArrayList<>();
        for (int from = 0; from < inputs.rows(); from += BATCH) {
            FloatTensor batch = inputs.slice(from, Math.min(from + BATCH, inputs.rows()));
            FloatTensor activation = pooling.pool(activation(side, batch, concept));
            requireFinite(activation, side, from, concept);
            parts.add(activation);
        }
        return FloatTensor.concat(parts);
    }

    private FloatTensor activation(Examples side, FloatTensor batch, String concept) {
        try {
            return model.observe(batch).activation();
        } catch (AuditException e) { // about the output, not the examples
            throw e;
        } catch (RuntimeException e) { // the engine's many lines stay with the cause
            throw new AuditException(
                    ErrorCode.BAD_DATA,
                    concept
                            + side.source()
                            + ": "
                            + Arrays.toString(side.inputs().shape())
                            + " (expected: inputs the model takes)",
                    e);
        }
    }

    private static void requireFinite(
            FloatTensor activation, Examples side, int from, String concept) {
        float[] values = activation.values();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw AuditException.of(
                        ErrorCode.BAD_DATA,
                        concept + side.row(from + i / activation.rowSize()) + ": activation",
                        values[i],
                        "finite values");
            }
        }
    }

    /**
     * A fit and what it was learnt from. Immutable as long as the tensors are left alone.
     *
     * @param with pooled activations {@code [n, d]} of the positives
     * @param without pooled activations {@code [m, d]} of the negatives
     */
    public record Fitted(FittedConcept concept, FloatTensor with, FloatTensor without) {}
}
