package org.plumbline.worker.correction;

import ai.djl.engine.Engine;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.MixedPrecision;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.OperatorSource;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.BatchLoss;
import org.plumbline.worker.training.Checkpoints;
import org.plumbline.worker.training.LossTrainee;
import org.plumbline.worker.training.Precision;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingLoop;
import org.plumbline.worker.training.TrainingRows;
import org.plumbline.worker.training.TrainingSettings;
import org.plumbline.worker.training.TrunkCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What every method needs of one task: its rows, loss terms, models, training and the archive that
 * results. Confined to one thread.
 */
final class CorrectionRun {
    private static final Logger LOG = LoggerFactory.getLogger(CorrectionRun.class);
    private static final Set<String> FROZEN = Set.of("Conv2d", "BatchNorm2d");

    private final CorrectionTask task;
    private final Archive archive;
    private final TrainingListener listener;
    private final Path output;

    CorrectionRun(CorrectionTask task, Archive archive, TrainingListener listener) {
        this(task, archive, listener, task.output());
    }

    private CorrectionRun(
            CorrectionTask task, Archive archive, TrainingListener listener, Path output) {
        this.task = task;
        this.archive = archive;
        this.listener = listener;
        this.output = output;
    }

    /** Returns the same run that writes elsewhere, as methods of several stages need. */
    CorrectionRun writing(Path elsewhere) {
        return new CorrectionRun(task, archive, listener, elsewhere);
    }

    /**
     * Returns where one stage of the method goes on from and saves to.
     *
     * @param stage a name of its own for each call of the training loop
     */
    Optional<Checkpoints> checkpoints(String stage) {
        return task.checkpoints().map(folder -> folder.of(stage));
    }

    /** Tells the log and whoever listens how the run deviates from what was asked for. */
    void warn(String line) {
        LOG.warn("{}", line);
        listener.onWarning(line);
    }

    TrainingListener listener() {
        return listener;
    }

    CorrectionTask task() {
        return task;
    }

    Archive archive() {
        return archive;
    }

    /** Makes what the engine draws, dropout above all, begin anew. */
    void seed() {
        long seed = task.correction().training().loop().seed();
        Engine.getEngine("PyTorch").setRandomSeed((int) (seed & 0x7fff_ffffL));
    }

    /** Loads the archive to train it, in the precision that was asked for. */
    TrainableModel load(TrainingPlan plan) {
        return task.correction().training().precision() == Precision.FLOAT32
                ? loadExact(plan)
                : loadNarrowed(plan);
    }

    /** Loads the archive to learn how it is made, in its own precision. */
    TrainableModel loadExact(TrainingPlan plan) {
        return TrainableModel.load(task.archive(), plan, task.workDirectory(), task.device());
    }

    private TrainableModel loadNarrowed(TrainingPlan plan) {
        Path copy = task.workDirectory().resolve("narrowed-" + UUID.randomUUID() + ".pt");
        try {
            if (MixedPrecision.write(archive, copy) == 0) {
                throw AuditException.of(
                        ErrorCode.INVALID_ARGUMENT,
                        "precision",
                        "bfloat16",
                        "float32: no module of the archive calls a convolution or matrix product");
            }
            return TrainableModel.load(copy, plan, task.workDirectory(), task.device());
        } finally {
            delete(copy);
        }
    }

    /** Removes a temporary file, if it is there. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.RESOURCE_EXHAUSTED, file + ": " + e, e);
        }
    }

    NativeOperators operators(OperatorSource... more) {
        return NativeOperators.load(task.workDirectory(), task.device(), more);
    }

    /** Returns a plan for live logits; what stays frozen keeps its behaviour, dropout trains. */
    TrainingPlan live(Scope scope) {
        TrainingPlan plan = TrainingPlan.live(trained(scope));
        return scope == Scope.ALL ? plan : plan.withDropout();
    }

    List<String> trained(Scope scope) {
        return scope == Scope.ALL ? everything() : behindConvolutions();
    }

    /** Returns whether everything up to the cut gives the same twice, as caching assumes. */
    boolean isExact(TrainableModel model) {
        return TrunkCache.isExact(model, task.data().inputs(rows()[0]));
    }

    /** Fits one of the task's concepts to activations of an archive. */
    ConceptFitter.Fitted fitted(LayerPath probe, Path from, CavKind kind, Pooling pooling) {
        ConceptId concept = required(task.concept(), "concept");
        return fitted(
                probe, from, new ConceptFitter.Wanted(concept, task.targetClass(), kind, pooling));
    }

    ConceptFitter.Fitted fitted(LayerPath probe, Path from, ConceptFitter.Wanted wanted) {
        TapSpec spec = new TapSpec(probe, task.workDirectory(), task.device());
        try (TappedModel model = TappedModel.load(from, spec)) {
            return ConceptFitter.fit(model, task.data(), wanted);
        }
    }

    /** Trains by a loss, writes the result and returns the names of the tensors that changed. */
    List<String> descended(
            TrainableModel model,
            NativeOperators operators,
            Scope scope,
            int samples,
            BatchLoss loss) {
        return descended(model, operators, Start.deployed(scope), samples, loss);
    }

    List<String> descended(
            TrainableModel model,
            NativeOperators operators,
            Start start,
            int samples,
            BatchLoss loss) {
        Map<String, FloatTensor> before = model.state();
        start.begin(this, model);
        if (start.scope() == Scope.ALL) {
            model.trainingMode(true);
        }
        TrainingSettings settings = task.correction().training();
        try (LossTrainee trainee =
                new LossTrainee(operators, model, settings.optimizer(), samples, loss)) {
            TrainingLoop.run(trainee, settings.loop(), listener, checkpoints("train"));
        }
        return write(before, model.state());
    }

    int[] rows() {
        return task.data().trainingRows();
    }

    /** Returns the training rows with their data. */
    TrainingRows trainingRows() {
        return new TrainingRows(task.data(), rows());
    }

    <T> T required(Optional<T> value, String name) {
        return value.orElseThrow(
                () ->
                        AuditException.of(
                                ErrorCode.INVALID_ARGUMENT,
                                name,
                                "none",
                                task.correction().method() + " needs one"));
    }

    /** Returns one weight for each class of the model. */
    DenseVector classWeights(TrainableModel model, boolean weighted) {
        AuditDataset data = task.data();
        int classes = model.classes(data.inputs(0));
        if (classes < data.classes()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "labels",
                    data.classes() - 1,
                    "0 to " + (classes - 1) + ", the model's classes");
        }
        return weighted
                ? ClassWeights.inverseFrequency(data.labels(), classes)
                : ClassWeights.equal(classes);
    }

    /** Names every parameter. */
    List<String> everything() {
        return archive.parameters().stream().map(StoredTensor::name).toList();
    }

    /** Everything but parameters of convolutions and batch normalisation, as published. */
    List<String> behindConvolutions() {
        List<String> names = everything().stream().filter(name -> !isFrozen(name)).toList();
        if (names.isEmpty()) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION,
                    "archive",
                    "only convolutions and batch normalisation",
                    "a linear layer to train");
        }
        return names;
    }

    private boolean isFrozen(String parameter) {
        String owner = parameter.substring(0, Math.max(0, parameter.lastIndexOf('.')));
        return archive.module(owner).filter(m -> FROZEN.contains(m.simpleType())).isPresent();
    }

    /** Writes the archive with the values that changed and names them. */
    List<String> write(Map<String, FloatTensor> before, Map<String, FloatTensor> after) {
        Map<String, FloatTensor> changed = new LinkedHashMap<>();
        before.forEach(
                (name, values) -> {
                    FloatTensor trained = after.getOrDefault(name, values);
                    if (!trained.sameValues(values)) {
                        changed.put(name, trained);
                    }
                });
        RepairedArchive.patch(archive, changed, output);
        return List.copyOf(changed.keySet());
    }
}
