package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.BatchLoss;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.TrainingRows;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Trains by {@link RrrLoss} with masks of the data set or found by LRP. */
final class RrrTraining {
    private RrrTraining() {}

    /** Returns the names of the tensors that changed. */
    static List<String> run(CorrectionRun run, Rrr rrr) {
        TrainingRows rows = run.trainingRows();
        Function<int[], FloatTensor> masks = masks(run, rrr, rows.rows());
        try (NativeOperators operators = run.operators(RrrLoss.SOURCE);
                TrainableModel model = run.load(run.live(rrr.scope()))) {
            DenseVector weights = run.classWeights(model, rrr.classWeights());
            RrrLoss rrrLoss = new RrrLoss(operators, model, rrr.lambda());
            BatchLoss loss =
                    (unit, step) -> {
                        LiveBatch batch = rows.batch(unit, step.samples());
                        return rrrLoss.terms(
                                unit,
                                batch.x(),
                                batch.y(),
                                unit.create(weights.toArray()),
                                masks.apply(step.samples()));
                    };
            return run.descended(model, operators, rrr.scope(), rows.size(), loss);
        }
    }

    /** Returns the masks of samples, which are positions in the rows. */
    private static Function<int[], FloatTensor> masks(CorrectionRun run, Rrr rrr, int[] rows) {
        if (rrr.masks() == MaskSource.LOCALISED) {
            FloatTensor all = LocalisedMasks.of(run, rrr, rows);
            return all::rows;
        }
        ofDataset(run, rows[0]);
        return samples -> ofDataset(run, Arrays.stream(samples).map(i -> rows[i]).toArray());
    }

    private static FloatTensor ofDataset(CorrectionRun run, int... rows) {
        return run.task()
                .data()
                .masks(rows)
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.BAD_DATA,
                                        "mask",
                                        "none",
                                        "mask.npy or the manifest's column mask, for rrr; or"
                                                + " masks=localised with layer and concept"));
    }
}
