package org.plumbline.worker.twin;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.OperatorSource;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.Initialiser;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.worker.training.BatchLoss;
import org.plumbline.worker.training.Length;
import org.plumbline.worker.training.LoopSettings;
import org.plumbline.worker.training.LossTrainee;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingLoop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Trains honest twins of an archive: its parameters drawn anew, then taught its outputs on clean
 * inputs by distillation. No term of the loss knows an explanation, so whatever a twin's
 * explanations are, they follow from architecture, data and outputs alone. Confined to one thread.
 */
public final class HonestTwins {
    private static final OperatorSource SOURCE =
            OperatorSource.of(HonestTwins.class, "distillation.py");
    private static final double CLIP = 5; // a bad first step must not end a twin

    private final Path archive;
    private final FloatTensor clean;
    private final FloatTensor answers;
    private final TwinSettings settings;
    private final Path workDirectory;
    private final Device device;

    /**
     * Prepares the training.
     *
     * @param clean inputs {@code [m, c, h, w]}
     * @param answers the archive's logits for them, {@code [m, classes]}
     * @param workDirectory existing folder for temporary files
     * @throws AuditException {@code BAD_DATA} if unequal in number
     */
    public HonestTwins(
            Path archive,
            FloatTensor clean,
            FloatTensor answers,
            TwinSettings settings,
            Path workDirectory,
            Device device) {
        if (clean.rows() != answers.rows()) {
            throw AuditException.of(ErrorCode.BAD_DATA, "answers", answers, clean.rows() + " rows");
        }
        this.archive = archive;
        this.clean = clean;
        this.answers = answers;
        this.settings = settings;
        this.workDirectory = workDirectory;
        this.device = device;
    }

    /**
     * Trains one twin and writes it.
     *
     * @param number from 0
     * @throws AuditException {@code FAILED_PRECONDITION} if the archive has no parameters to train
     */
    public void write(int number, TrainingListener listener, Path out) {
        try (Archive source = Archive.open(archive)) {
            RepairedArchive.patch(source, trained(source, settings.seed() + number, listener), out);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, archive + ": " + e, e);
        }
    }

    private Map<String, FloatTensor> trained(Archive source, long seed, TrainingListener listener) {
        List<String> names = source.parameters().stream().map(StoredTensor::name).toList();
        if (names.isEmpty()) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION,
                    "archive",
                    "no parameters",
                    "an unfrozen export, to train honest twins");
        }
        Initialiser drawn = new Initialiser(source, Initialiser.Convolutions.UNIFORM);
        OptimizerSettings adam =
                new OptimizerSettings(
                        new UpdateRule.Adam(0.9, 0.999, 1e-8, 0), settings.rate(), CLIP);
        try (NativeOperators operators = NativeOperators.load(workDirectory, device, SOURCE);
                TrainableModel model =
                        TrainableModel.load(
                                archive, TrainingPlan.live(names), workDirectory, device);
                LossTrainee trainee =
                        new LossTrainee(
                                operators, model, adam, clean.rows(), loss(operators, model))) {
            model.restore(drawn.draw(seed));
            model.trainingMode(true);
            TrainingLoop.run(
                    trainee,
                    LoopSettings.of(Length.steps(settings.steps()), settings.batchSize(), seed),
                    listener);
            return model.state();
        }
    }

    private BatchLoss loss(NativeOperators operators, TrainableModel model) {
        return (unit, step) -> {
            NDArray logits = model.logits(Heap.back(unit, clean.rows(step.samples())));
            return new BatchLoss.Terms(
                    operators.callOne(
                            "plumbline_distillation",
                            Operands.in(unit).tensor(logits).tensor(answers(unit, step.samples()))),
                    Map.of());
        };
    }

    private NDArray answers(NDManager unit, int[] samples) {
        return Heap.back(unit, answers.rows(samples));
    }
}
