package org.plumbline.worker.correction;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.correction.ensemble.MiningReport;
import org.plumbline.worker.correction.pruning.BiasedTraining;
import org.plumbline.worker.correction.pruning.MinedRows;
import org.plumbline.worker.correction.pruning.Mining;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.TrainingLoop;
import org.plumbline.worker.training.TrainingSettings;
import org.plumbline.worker.training.TrainingStep;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Map;
import java.util.Optional;

/** Phase 2 of DCWP: flags training rows that probably conflict with the bias. One use. */
final class DcwpMining {
    private static final Logger LOG = LoggerFactory.getLogger(DcwpMining.class);

    private final CorrectionRun run;
    private final Dcwp.MiningPlan plan;
    private final NativeOperators operators;
    private final int[] rows;
    private final Lender biased;

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

    DcwpMining(
            CorrectionRun run,
            Dcwp.MiningPlan plan,
            NativeOperators operators,
            int[] rows,
            Lender biased) {
        this.run = run;
        this.plan = plan;
        this.operators = operators;
        this.rows = rows.clone();
        this.biased = biased;
    }

    /** Returns the flagged rows, given the trained main classifier. */
    MinedRows of(TrainableModel main) {
        MinedRows mined = mined(main);
        Optional<DenseVector> truth =
                data().biasLabels().map(labels -> Mining.conflicting(data(), rows));
        Map<String, Double> quality = mined.quality(truth);
        run.listener().onStep(new TrainingStep("mined", 0, 0, 0, 0, quality));
        LOG.info("mined {} of {} rows: {}", mined.flagged(), rows.length, quality);
        run.task()
                .reports()
                .ifPresent(folder -> new MiningReport(data(), rows, mined).write(folder));
        if (mined.flagged() == 0) {
            LOG.warn("mining flagged no row: masks are learnt without the contrastive loss");
        }
        return mined;
    }

    private MinedRows mined(TrainableModel main) {
        return switch (plan.kind()) {
            case SUPERVISED -> MinedRows.above(Mining.conflicting(data(), rows), 0.5);
            case ENSEMBLE -> biased.lend(this::doubted);
            case WRONG -> plan.generalised() ? biased.lend(this::trainedAndAsked) : asked(main);
        };
    }

    private MinedRows trainedAndAsked(TrainableModel model) {
        train(model, BiasedTraining.Doubting.never());
        return asked(model);
    }

    private MinedRows asked(TrainableModel model) {
        return Mining.pass(operators, model, data(), rows).mistakes();
    }

    private MinedRows doubted(TrainableModel model) {
        TrainingSettings training = plan.training();
        long every = Math.max(1, rows.length / training.loop().batchSize());
        long steps = training.loop().steps(rows.length);
        return MinedRows.above(
                train(model, new BiasedTraining.Doubting(every, Math.max(1, steps))), plan.doubt());
    }

    private DenseVector train(TrainableModel model, BiasedTraining.Doubting doubting) {
        TrainingSettings training = plan.training();
        try (BiasedTraining biasedTraining =
                new BiasedTraining(
                        operators,
                        model,
                        data(),
                        rows,
                        plan.loss(),
                        training.optimizer(),
                        doubting)) {
            TrainingLoop.run(
                    biasedTraining, training.loop(), new PhaseListener("mine", run.listener()));
            return biasedTraining.doubts();
        }
    }

    private AuditDataset data() {
        return run.task().data();
    }
}
