package org.plumbline.worker.correction;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.correction.ensemble.ReweightingLosses;
import org.plumbline.worker.correction.pruning.BiasedLoss;
import org.plumbline.worker.correction.pruning.BiasedTraining;
import org.plumbline.worker.correction.pruning.FineTuning;
import org.plumbline.worker.correction.pruning.FlaggedRows;
import org.plumbline.worker.correction.pruning.MaskLearning;
import org.plumbline.worker.correction.pruning.MaskedWeights;
import org.plumbline.worker.correction.pruning.MinedRows;
import org.plumbline.worker.correction.pruning.PruningReport;
import org.plumbline.worker.correction.pruning.WeightMasks;
import org.plumbline.worker.training.LoopSettings;
import org.plumbline.worker.training.Trainee;
import org.plumbline.worker.training.TrainingLoop;
import org.plumbline.worker.training.TrainingSettings;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs the four phases of DCWP. One use. */
final class DcwpTraining {
    private final CorrectionRun run;
    private final Dcwp dcwp;
    private final NativeOperators operators;
    private final TrainableModel model;
    private final List<String> weights;
    private final ReweightingLosses losses;

    private DcwpTraining(
            CorrectionRun run,
            Dcwp dcwp,
            NativeOperators operators,
            TrainableModel model,
            List<String> weights) {
        this.run = run;
        this.dcwp = dcwp;
        this.operators = operators;
        this.model = model;
        this.weights = weights;
        losses = new ReweightingLosses(operators);
    }

    /** Returns the names of the tensors that changed. */
    static List<String> run(CorrectionRun run, Dcwp dcwp) {
        List<String> weights = MaskedWeights.of(run.archive());
        if (weights.isEmpty()) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION,
                    "archive",
                    "no weight of a convolution or linear layer",
                    "some to prune");
        }
        TrainingPlan plan = TrainingPlan.live(run.everything());
        try (NativeOperators operators = run.operators(BiasedTraining.SOURCE);
                TrainableModel model = run.load(plan.tapping(features(run, dcwp)))) {
            run.classWeights(model, false); // refuses labels beyond the model's classes
            return new DcwpTraining(run, dcwp, operators, model, weights).phases();
        }
    }

    private static LayerPath features(CorrectionRun run, Dcwp dcwp) {
        return dcwp.featureLayer().orElseGet(() -> FeatureTap.find(run, Optional.empty()).layer());
    }

    private List<String> phases() {
        Map<String, FloatTensor> before = model.state();
        start(model, dcwp.start());
        Map<String, FloatTensor> initial = dcwp.rewind() ? model.state() : Map.of();
        model.trainingMode(true);
        train("pretrain", model, new BiasedLoss.Plain(), dcwp.pretraining());
        MinedRows mined = new DcwpMining(run, dcwp.mining(), losses, this::biased).of(model);
        FlaggedRows flagged = new FlaggedRows(run.trainingRows(), mined.flags());
        prune(flagged, initial);
        List<String> changed = run.write(before, model.state());
        return dcwp.shrink() ? ShrinkStep.apply(run, changed) : changed;
    }

    /** A biased classifier that is trained, asked and closed. */
    private MinedRows biased(DcwpMining.Asking<MinedRows> asking) {
        try (TrainableModel biased = run.load(TrainingPlan.live(run.everything()))) {
            start(biased, dcwp.mining().start());
            biased.trainingMode(true);
            return asking.ask(biased);
        }
    }

    private void start(TrainableModel started, Origin from) {
        new Start(Scope.ALL, from, dcwp.initialisation()).begin(run, started);
    }

    private void train(
            String phase, TrainableModel trained, BiasedLoss loss, TrainingSettings settings) {
        try (BiasedTraining training =
                new BiasedTraining(
                        losses,
                        trained,
                        run.trainingRows(),
                        loss,
                        settings.optimizer(),
                        BiasedTraining.Doubting.never())) {
            loop(phase, training, settings.loop());
        }
    }

    private void loop(String phase, Trainee trainee, LoopSettings settings) {
        TrainingLoop.run(
                trainee,
                settings,
                new PhaseListener(phase, run.listener()),
                run.checkpoints(phase));
    }

    private void prune(FlaggedRows flagged, Map<String, FloatTensor> initial) {
        try (NDManager unit = operators.newUnit()) {
            NDList live = new NDList();
            NDList all = model.parameters(unit);
            weights.forEach(name -> live.add(all.get(model.plan().trainable().indexOf(name))));
            try (FineTuning tuning = masked(flagged, live, initial)) {
                loop("finetune", tuning, dcwp.training().loop());
            }
        }
    }

    /** Learns masks and returns what trains the weights they leave; dense copies are let go. */
    private FineTuning masked(FlaggedRows flagged, NDList live, Map<String, FloatTensor> initial) {
        try (WeightMasks masks = new WeightMasks(operators, weights, live, dcwp.masks().gate())) {
            learn(masks, flagged);
            masks.writeDense();
            model.restore(initial);
            PruningReport report = new PruningReport(masks.kept());
            report.tell(run.listener());
            report.warnings().forEach(run::warn);
            run.task().reports().ifPresent(report::write);
            return new FineTuning(
                    operators,
                    model,
                    masks,
                    weights,
                    new FineTuning.Settings(
                            flagged,
                            dcwp.masks().loss(),
                            dcwp.training().optimizer(),
                            dcwp.upweight(),
                            dcwp.training().loop().batchSize()));
        }
    }

    private void learn(WeightMasks masks, FlaggedRows flagged) {
        LoopSettings settings = dcwp.maskLoop();
        try (MaskLearning learning =
                new MaskLearning(
                        operators,
                        model,
                        masks,
                        flagged,
                        dcwp.masks(),
                        new MaskLearning.Drawing(settings.seed(), settings.batchSize()))) {
            loop("mask", learning, settings);
        }
    }
}
