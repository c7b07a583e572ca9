package org.plumbline.worker.correction;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.correction.ensemble.BiasedTerm;
import org.plumbline.worker.correction.ensemble.LffTrainee;
import org.plumbline.worker.correction.ensemble.ReweightingLosses;
import org.plumbline.worker.training.TrainingLoop;

import java.util.List;
import java.util.Map;

/** Trains a biased and a debiased network of the archive's form; the debiased one is the result. */
final class LffTraining {
    private LffTraining() {}

    /** Returns the names of the tensors that changed. */
    static List<String> run(CorrectionRun run, Lff lff) {
        ReweightedRun reweighted = new ReweightedRun(run, lff.reweighting());
        try (NativeOperators operators = run.operators(ReweightingLosses.SOURCE);
                TrainableModel debiased = run.load(run.live(Scope.ALL));
                TrainableModel biased = run.load(run.live(Scope.ALL))) {
            ReweightingLosses losses = new ReweightingLosses(operators);
            Map<String, FloatTensor> deployed = debiased.state();
            BiasedTerm biasedTerm = reweighted.biasedTerm(losses);
            reweighted.startDebiased(debiased);
            reweighted.startBiased(biased);
            try (LffTrainee trainee =
                    new LffTrainee(
                            new LffTrainee.Networks(debiased, biased),
                            reweighted.rows(),
                            biasedTerm,
                            reweighted.difficulty(losses, debiased),
                            lff.training().optimizer())) {
                TrainingLoop.run(
                        trainee, lff.training().loop(), run.listener(), run.checkpoints("train"));
            }
            return run.write(deployed, debiased.state());
        }
    }
}
