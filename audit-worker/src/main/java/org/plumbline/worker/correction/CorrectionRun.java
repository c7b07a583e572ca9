package org.plumbline.worker.correction;

import ai.djl.engine.Engine;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.Split;
import org.plumbline.worker.training.BatchTrainee;
import org.plumbline.worker.training.Batches;
import org.plumbline.worker.training.CachedBatches;
import org.plumbline.worker.training.ImageBatches;
import org.plumbline.worker.training.LossTerms;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingLoop;
import org.plumbline.worker.training.TrainingSettings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What every method needs of one task: its rows, loss terms, models, training and the archive that
 * results. Confined to one thread.
 */
final class CorrectionRun {
    private static final Set<String> FROZEN = Set.of("Conv2d", "BatchNorm2d");

    private final CorrectionTask task;
    private final Archive archive;
    private final TrainingListener listener;

    CorrectionRun(CorrectionTask task, Archive archive, TrainingListener listener) {
        this.task = task;
        this.archive = archive;
        this.listener = listener;
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

    TrainableModel load(TrainingPlan plan) {
        return TrainableModel.load(task.archive(), plan, task.workDirectory(), task.device());
    }

    int[] rows() {
        int[] rows = task.data().rows(Split.TRAIN);
        if (rows.length == 0) {
            throw AuditException.of(ErrorCode.BAD_DATA, "split", "no training row", "some");
        }
        return rows;
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

    LossTerms terms(TrainableModel model, boolean weighted, DenseVector cav, double lambda) {
        AuditDataset data = task.data();
        int classes = model.classes(data.inputs(0));
        if (classes < data.classes()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "labels",
                    data.classes() - 1,
                    "0 to " + (classes - 1) + ", the model's classes");
        }
        return new LossTerms(
                model.plan().objective(),
                weighted
                        ? ClassWeights.inverseFrequency(data.labels(), classes)
                        : ClassWeights.equal(classes),
                cav,
                lambda,
                task.targetClass(),
                task.correction().training().loop().seed());
    }

    List<String> trainedFromCache(TrainableModel model, LossTerms terms) {
        seed();
        try (CachedBatches batches = cache(model, rows(), terms, listener)) {
            return trained(model, batches);
        }
    }

    List<String> trainedFromImages(TrainableModel model, LossTerms terms) {
        return trained(model, new ImageBatches(model, task.data(), rows(), terms));
    }

    CachedBatches cache(TrainableModel model, int[] rows, LossTerms terms, TrainingListener heard) {
        return CachedBatches.collect(model, task.data(), rows, terms, heard);
    }

    private List<String> trained(TrainableModel model, Batches batches) {
        Map<String, FloatTensor> before = model.state();
        seed();
        TrainingSettings settings = task.correction().training();
        try (NativeOperators operators = NativeOperators.load(task.workDirectory(), task.device());
                BatchTrainee trainee =
                        new BatchTrainee(operators, model, batches, settings.optimizer())) {
            TrainingLoop.run(trainee, settings.loop(), listener);
        }
        return write(before, model.state());
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

    private List<String> write(Map<String, FloatTensor> before, Map<String, FloatTensor> after) {
        Map<String, FloatTensor> changed = new LinkedHashMap<>();
        before.forEach(
                (name, values) -> {
                    FloatTensor trained = after.getOrDefault(name, values);
                    if (!trained.sameValues(values)) {
                        changed.put(name, trained);
                    }
                });
        RepairedArchive.patch(archive, changed, task.output());
        return List.copyOf(changed.keySet());
    }
}
