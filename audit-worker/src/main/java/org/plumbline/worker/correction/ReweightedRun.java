package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Initialiser;
import org.plumbline.worker.correction.ensemble.BiasedTerm;
import org.plumbline.worker.correction.ensemble.DetectorSettings;
import org.plumbline.worker.correction.ensemble.DetectorTraining;
import org.plumbline.worker.correction.ensemble.MiningReport;
import org.plumbline.worker.correction.ensemble.RelativeDifficulty;
import org.plumbline.worker.correction.ensemble.ReweightingLosses;
import org.plumbline.worker.correction.ensemble.Votes;
import org.plumbline.worker.dataset.Split;
import org.plumbline.worker.training.Length;
import org.plumbline.worker.training.LoopSettings;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Schedule;
import org.plumbline.worker.training.TrainingLoop;
import org.plumbline.worker.training.TrainingRows;

import java.util.Map;
import java.util.Optional;

/** What learning from failure and DisEnt share: initial values, detectors, tables. One use. */
final class ReweightedRun {
    /** Seeds of networks; detectors count on from the last. */
    private static final int DEBIASED = 0;

    private static final int BIASED = 1;
    private static final int DETECTORS = 2;

    private final CorrectionRun run;
    private final Reweighting reweighting;
    private final OptimizerSettings optimizer;
    private final Initialiser initialiser;

    ReweightedRun(CorrectionRun run, Reweighting reweighting) {
        this.run = run;
        this.reweighting = reweighting;
        optimizer = run.task().correction().training().optimizer();
        initialiser = new Initialiser(run.archive(), reweighting.convolutions());
        if (!initialiser.kept().isEmpty()) {
            run.warn("no rule draws " + initialiser.kept() + ": they begin at deployed values");
        }
    }

    TrainingRows rows() {
        return run.trainingRows();
    }

    RelativeDifficulty difficulty(ReweightingLosses losses, TrainableModel model) {
        int classes = run.classWeights(model, false).dimension();
        return new RelativeDifficulty(
                losses.operators(), reweighting.difficulty(), rows().labels(), classes);
    }

    void startDebiased(TrainableModel model) {
        model.restore(initial(reweighting.start(), DEBIASED));
        model.trainingMode(true);
    }

    void startBiased(TrainableModel model) {
        model.restore(initial(reweighting.biasedStart(), BIASED));
        model.trainingMode(true);
    }

    boolean isFresh(Origin origin) {
        return origin == Origin.FRESH;
    }

    private Map<String, FloatTensor> initial(Origin origin, int network) {
        return origin == Origin.DEPLOYED ? Map.of() : initialiser.draw(seed(network));
    }

    long seed(int network) {
        return run.task().correction().training().loop().seed() * 1_000_003L + network;
    }

    /** Trains detectors if the method has them, and reports what they mined. */
    BiasedTerm biasedTerm(ReweightingLosses losses) {
        Optional<Votes> votes = reweighting.detectors().map(settings -> votes(losses, settings));
        votes.ifPresent(this::report);
        return new BiasedTerm(losses, reweighting.q(), votes);
    }

    private Votes votes(ReweightingLosses losses, DetectorSettings settings) {
        try (TrainableModel model = run.load(run.live(Scope.ALL))) {
            Map<String, FloatTensor> deployed = model.state();
            DetectorTraining.Task task =
                    new DetectorTraining.Task(
                            rows(),
                            new TrainingRows(
                                    run.task().data(), run.task().data().rows(Split.VALIDATION)),
                            number ->
                                    reweighting.biasedStart() == Origin.DEPLOYED
                                            ? deployed
                                            : initialiser.draw(seed(DETECTORS + number)),
                            optimizer,
                            settings,
                            reweighting.q());
            try (DetectorTraining training = new DetectorTraining(losses, model, task)) {
                LoopSettings loop = run.task().correction().training().loop();
                TrainingLoop.run(
                        training,
                        new LoopSettings(
                                Length.steps(training.steps()),
                                loop.batchSize(),
                                loop.dropLast(),
                                new Schedule.Constant(),
                                loop.seed()),
                        new PhaseListener("detectors", run.listener()),
                        run.checkpoints("detectors"));
                return training.votes();
            }
        }
    }

    private void report(Votes votes) {
        MiningReport report = new MiningReport(rows(), votes);
        report.tell(run.listener());
        run.task().reports().ifPresent(report::write);
        if (report.flagged() == votes.samples()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "detectors",
                    "sure of no sample",
                    "a bias-aligned sample; try more detector_steps, a larger learning_rate or a"
                            + " lower detector_threshold");
        }
    }
}
