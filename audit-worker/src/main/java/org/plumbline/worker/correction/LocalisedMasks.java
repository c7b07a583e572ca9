package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.explain.ConceptLocalisation;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.TrainingStep;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Masks of where a concept lies in the training images that have it; others have none.
 *
 * <p>Source: frederikpahde/rrclarc, localisation of artifacts; the rules are those of {@code
 * EpsilonPlusFlat}.
 */
final class LocalisedMasks {
    private static final int BATCH = 16;

    private LocalisedMasks() {}

    /**
     * Returns the masks of some rows {@code [n, h, w]}, 0 or 1.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} without layer or concept, or where LRP has no
     *     rule for a module of the archive
     */
    static FloatTensor of(CorrectionRun run, Rrr rrr, int[] rows) {
        LayerPath layer = run.required(run.task().layer(), "layer");
        DenseVector cav =
                run.fitted(layer, run.task().archive(), rrr.cav(), rrr.pooling()).cav().direction();
        long[] flags = run.task().data().concept(run.required(run.task().concept(), "concept"));
        int[] marked = IntStream.range(0, rows.length).filter(i -> flags[rows[i]] == 1).toArray();
        long[] shape = run.task().data().inputs(rows[0]).shape();
        int size = Math.toIntExact(shape[2] * shape[3]);
        float[] masks = new float[Math.multiplyExact(rows.length, size)];
        ExplainSpec spec =
                ExplainSpec.of(
                                run.task().workDirectory(),
                                run.task().device(),
                                ExplanationMethod.LRP)
                        .at(layer)
                        .withBatch(BATCH);
        try (ExplainableModel model = ExplainableModel.load(run.task().archive(), spec)) {
            for (int from = 0; from < marked.length; from += BATCH) {
                if (run.listener().cancelled()) {
                    throw new AuditException(ErrorCode.CANCELLED, "cancelled");
                }
                int[] batch =
                        Arrays.copyOfRange(marked, from, Math.min(marked.length, from + BATCH));
                int[] picked = Arrays.stream(batch).map(i -> rows[i]).toArray();
                float[] found = masks(run, model, cav, picked).values();
                for (int i = 0; i < batch.length; i++) {
                    System.arraycopy(found, i * size, masks, batch[i] * size, size);
                }
                run.listener().onStep(localised(from + batch.length, marked.length));
            }
        }
        return FloatTensor.of(masks, rows.length, shape[2], shape[3]);
    }

    private static FloatTensor masks(
            CorrectionRun run, ExplainableModel model, DenseVector cav, int[] rows) {
        FloatTensor images = run.task().data().inputs(rows);
        return ConceptLocalisation.masks(
                ConceptLocalisation.of(model, cav, images).maps(), ConceptLocalisation.THRESHOLD);
    }

    private static TrainingStep localised(int done, int all) {
        return new TrainingStep("localise", 0, 0, done, all, Map.of());
    }
}
