package org.plumbline.worker.correction;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.training.BatchLoss;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.TrainingRows;

import java.util.List;
import java.util.Map;

/** Trains by cross-entropy alone. */
final class PlainTraining {
    private PlainTraining() {}

    static List<String> run(CorrectionRun run, Vanilla vanilla) {
        return run(run, vanilla.start(), vanilla.classWeights());
    }

    /** Returns the names of the tensors that changed. */
    static List<String> run(CorrectionRun run, Start start, boolean weighted) {
        TrainingRows rows = run.trainingRows();
        try (NativeOperators operators = run.operators();
                TrainableModel model = run.load(run.live(start.scope()))) {
            DenseVector weights = run.classWeights(model, weighted);
            BatchLoss loss =
                    (unit, step) -> {
                        LiveBatch batch = rows.batch(unit, step.samples());
                        return new BatchLoss.Terms(
                                operators.crossEntropy(
                                        unit,
                                        model.logits(batch.x()),
                                        batch.y(),
                                        unit.create(weights.toArray())),
                                Map.of());
                    };
            return run.descended(model, operators, start, rows.size(), loss);
        }
    }
}
