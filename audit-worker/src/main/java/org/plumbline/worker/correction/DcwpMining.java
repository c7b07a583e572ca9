package org.plumbline.worker.correction;

import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.correction.ensemble.LabelVerdicts;
import org.plumbline.worker.correction.ensemble.MiningReport;
import org.plumbline.worker.correction.ensemble.ReweightingLosses;
import org.plumbline.worker.correction.pruning.BiasedTraining;
import org.plumbline.worker.correction.pruning.MinedRows;
import org.plumbline.worker.training.TrainingLoop;
import org.plumbline.worker.training.TrainingRows;
import org.plumbline.worker.training.TrainingSettings;

/** Phase 2 of DCWP: flags training rows that probably conflict with the bias. One use. */
final class DcwpMining {
    private final CorrectionRun run;
    private final Dcwp.MiningPlan plan;
    private final ReweightingLosses losses;
    private final Lender biased;
    private final TrainingRows rows;

    /** What is done with a biased classifier. */
    @FunctionalInterface
    interface Asking<T> {
        T ask(TrainableModel biased);
    }

    /** Lends a biased classifier, not yet trained. */
    @FunctionalInterface
    interface Lender {
        MinedRows lend(Asking<MinedRows> asking);
    }

    DcwpMining(CorrectionRun run, Dcwp.MiningPlan plan, ReweightingLosses losses, Lender biased) {
        this.run = run;
        this.plan = plan;
        this.losses = losses;
        this.biased = biased;
        rows = run.trainingRows();
    }

    /** Returns the flagged rows, given the trained main classifier. */
    MinedRows of(TrainableModel main) {
        MinedRows mined = mined(main);
        MiningReport report = new MiningReport(rows, mined);
        report.tell(run.listener());
        run.task().reports().ifPresent(report::write);
        if (report.flagged() == 0) {
            run.warn("mining flagged no row: masks are learnt without the contrastive loss");
        }
        return mined;
    }

    private MinedRows mined(TrainableModel main) {
        return switch (plan.kind()) {
            case SUPERVISED -> MinedRows.supervised(rows);
            case ENSEMBLE -> biased.lend(this::doubted);
            case WRONG -> plan.generalised() ? biased.lend(this::trainedAndAsked) : asked(main);
        };
    }

    private MinedRows trainedAndAsked(TrainableModel model) {
        train(model, BiasedTraining.Doubting.never());
        return asked(model);
    }

    private MinedRows asked(TrainableModel model) {
        return MinedRows.mistakes(LabelVerdicts.pass(losses, model, rows));
    }

    private MinedRows doubted(TrainableModel model) {
        TrainingSettings training = plan.training();
        long every = Math.max(1, rows.size() / training.loop().batchSize());
        long steps = training.loop().steps(rows.size());
        return MinedRows.above(
                train(model, new BiasedTraining.Doubting(every, Math.max(1, steps))), plan.doubt());
    }

    private DenseVector train(TrainableModel model, BiasedTraining.Doubting doubting) {
        TrainingSettings training = plan.training();
        try (BiasedTraining biasedTraining =
                new BiasedTraining(
                        losses, model, rows, plan.loss(), training.optimizer(), doubting)) {
            TrainingLoop.run(
                    biasedTraining,
                    training.loop(),
                    new PhaseListener("mine", run.listener()),
                    run.checkpoints("mine"));
            return biasedTraining.doubts();
        }
    }
}
