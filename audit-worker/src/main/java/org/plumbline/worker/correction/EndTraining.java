package org.plumbline.worker.correction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.training.BatchLoss;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.TrainingRows;

import java.util.Arrays;
import java.util.List;

/** Trains by cross-entropy and {@link EndLoss} at the task's layer. */
final class EndTraining {
    private EndTraining() {}

    /** Returns the names of the tensors that changed. */
    static List<String> run(CorrectionRun run, End end) {
        LayerPath bottleneck = run.required(run.task().layer(), "layer");
        TrainingRows rows = run.trainingRows();
        long[] bias = run.task().data().requiredBiasLabels("end");
        TrainingPlan plan = run.live(end.start().scope()).tapping(bottleneck);
        try (NativeOperators operators = run.operators(EndLoss.SOURCE);
                TrainableModel model = run.load(plan)) {
            DenseVector weights = run.classWeights(model, end.classWeights());
            EndLoss endLoss = new EndLoss(operators, end.normalise(), end.publishedPairMask());
            BatchLoss loss =
                    (unit, step) -> {
                        LiveBatch batch = rows.batch(unit, step.samples());
                        TrainableModel.Tapped tapped = model.tapped(batch.x());
                        NDArray crossEntropy =
                                operators.crossEntropy(
                                        unit,
                                        tapped.logits(),
                                        batch.y(),
                                        unit.create(weights.toArray()));
                        EndLoss.Regularisers regularisers =
                                endLoss.of(
                                        unit,
                                        tapped.activation(),
                                        batch.y(),
                                        picked(unit, bias, rows.rows(), step.samples()));
                        return endLoss.terms(
                                unit, crossEntropy, regularisers, end.alpha(), end.beta());
                    };
            return run.descended(model, operators, end.start(), rows.size(), loss);
        }
    }

    private static NDArray picked(NDManager unit, long[] bias, int[] rows, int[] samples) {
        return unit.create(Arrays.stream(samples).mapToLong(i -> bias[rows[i]]).toArray());
    }
}
