package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.BatchLoss;
import org.plumbline.worker.training.LiveBatch;

import java.util.Arrays;
import java.util.List;

/** Trains by {@link RrrLoss} with the data set's masks. */
final class RrrTraining {
    private RrrTraining() {}

    /** Returns the names of the tensors that changed. */
    static List<String> run(CorrectionRun run, Rrr rrr) {
        int[] rows = run.rows();
        masks(run, rows);
        try (NativeOperators operators = run.operators(RrrLoss.SOURCE);
                TrainableModel model = run.load(run.live(rrr.scope()))) {
            DenseVector weights = run.classWeights(model, rrr.classWeights());
            RrrLoss rrrLoss = new RrrLoss(operators, model, rrr.lambda());
            BatchLoss loss =
                    (unit, step) -> {
                        LiveBatch batch = run.batch(unit, rows, step.samples());
                        int[] picked = Arrays.stream(step.samples()).map(i -> rows[i]).toArray();
                        return rrrLoss.terms(
                                unit,
                                batch.x(),
                                batch.y(),
                                unit.create(weights.toArray()),
                                masks(run, picked));
                    };
            return run.descended(model, operators, rrr.scope(), rows.length, loss);
        }
    }

    private static FloatTensor masks(CorrectionRun run, int[] rows) {
        return run.task()
                .data()
                .masks(rows)
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.BAD_DATA,
                                        "mask",
                                        "none",
                                        "mask.npy or the manifest's column mask, for rrr"));
    }
}
