package org.plumbline.worker.correction;

import ai.djl.engine.Engine;

import org.plumbline.core.cav.Cav;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.Objective;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.Split;
import org.plumbline.worker.training.Batches;
import org.plumbline.worker.training.CachedBatches;
import org.plumbline.worker.training.ImageBatches;
import org.plumbline.worker.training.LossTerms;
import org.plumbline.worker.training.TangentBatches;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingLoop;
import org.plumbline.worker.training.TrainingStep;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs corrections. Thread-safe; a process should run one at a time. */
public final class Corrector {
    private static final Logger LOG = LoggerFactory.getLogger(Corrector.class);
    private static final int COMPARED = 64;
    private static final Set<String> FROZEN = Set.of("Conv2d", "BatchNorm2d");

    private final CorrectionTask task;
    private final TrainingListener listener;

    private Corrector(CorrectionTask task, TrainingListener listener) {
        this.task = task;
        this.listener = listener;
    }

    /**
     * Writes the candidate archive, the original with changed tensors, to {@code task.output()}.
     *
     * @return names of the tensors that changed
     * @throws AuditException {@code CANCELLED} when the listener said so; {@code INVALID_ARGUMENT}
     *     if the method needs a layer or concept that the task lacks
     */
    public static List<String> run(CorrectionTask task, TrainingListener listener) {
        listener.onStep(new TrainingStep("prepare", 0, 0, 0, 0, Map.of()));
        seed(task);
        try (Archive archive = Archive.open(task.archive())) {
            return new Corrector(task, listener).run(archive);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, task.archive() + ": " + e, e);
        }
    }

    private static void seed(CorrectionTask task) {
        long seed = task.correction().training().seed();
        Engine.getEngine("PyTorch").setRandomSeed((int) (seed & 0x7fff_ffffL));
    }

    private List<String> run(Archive archive) {
        Correction correction = task.correction();
        if (correction instanceof RrClarc rr) {
            return rrClarc(archive, rr);
        } else if (correction instanceof Vanilla vanilla) {
            return vanilla(archive, vanilla);
        }
        throw new IllegalStateException("the interface is sealed");
    }

    private List<String> vanilla(Archive archive, Vanilla vanilla) {
        boolean all = vanilla.scope() == Vanilla.Scope.ALL;
        TrainingPlan plan =
                new TrainingPlan(
                        Optional.empty(),
                        Optional.empty(),
                        new Objective.CrossEntropy(),
                        vanilla.training().optimizer(),
                        all ? names(archive) : behindConvolutions(archive),
                        false,
                        !all);
        try (TrainableModel model = load(plan)) {
            LossTerms terms = terms(model, vanilla.classWeights(), DenseVector.copyOf(1f), 0);
            if (all) {
                model.trainingMode(true);
            }
            return trained(archive, model, new ImageBatches(model, task.data(), rows(), terms));
        }
    }

    private List<String> rrClarc(Archive archive, RrClarc rr) {
        DenseVector cav = cav(rr).direction();
        Optional<List<String>> changed = alongTangents(archive, rr, cav);
        if (changed.isPresent()) {
            return changed.get();
        }
        if (rr.cache()) {
            try (TrainableModel model = load(plan(archive, rr, task.layer(), false))) {
                if (isExact(model)) {
                    return cached(
                            archive, model, terms(model, rr.classWeights(), cav, rr.lambda()));
                }
            }
        }
        try (TrainableModel model = load(plan(archive, rr, task.layer(), true))) {
            LossTerms terms = terms(model, rr.classWeights(), cav, rr.lambda());
            return trained(archive, model, new ImageBatches(model, task.data(), rows(), terms));
        }
    }

    /** Trains from the last frozen layer, where that gives the same gradients as from the probe. */
    private Optional<List<String>> alongTangents(Archive archive, RrClarc rr, DenseVector cav) {
        if (!rr.tangents() || !rr.aggregation().isOfMeanSensitivity()) {
            return Optional.empty();
        }
        LayerPath probe = required(task.layer(), "layer");
        for (LayerPath cut : LateCuts.of(archive, probe, behindConvolutions(archive))) {
            try (TrainableModel late = load(plan(archive, rr, Optional.of(cut), false))) {
                LossTerms terms = terms(late, rr.classWeights(), cav, rr.lambda());
                if (!agrees(archive, rr, late, terms)) {
                    continue;
                }
                LOG.info("training from {}, along tangents of {}", cut, probe);
                return Optional.of(
                        rr.cache() && isExact(late)
                                ? cached(archive, late, terms)
                                : trained(
                                        archive,
                                        late,
                                        new TangentBatches(late, task.data(), rows(), terms)));
            } catch (AuditException e) {
                if (e.code() != ErrorCode.LAYER_NOT_TAPPABLE && e.code() != ErrorCode.BAD_ARCHIVE) {
                    throw e;
                }
                LOG.debug("{} is no cut: {}", cut, e.getMessage());
            }
        }
        return Optional.empty();
    }

    private boolean isExact(TrainableModel model) {
        boolean exact = CachedBatches.isExact(model, task.data().inputs(rows()[0]));
        if (!exact) {
            LOG.warn("layers below {} are stochastic: training without cache", cut(task));
        }
        return exact;
    }

    private boolean agrees(Archive archive, RrClarc rr, TrainableModel late, LossTerms terms) {
        int[] rows = rows();
        int[] some = Arrays.copyOf(rows, Math.min(rows.length, COMPARED));
        try (TrainableModel early = load(plan(archive, rr, task.layer(), false))) {
            return GradientCheck.agree(gradients(early, some, terms), gradients(late, some, terms));
        }
    }

    private List<FloatTensor> gradients(TrainableModel model, int[] rows, LossTerms terms) {
        seed(task); // the same dropout for both
        try (CachedBatches batches =
                CachedBatches.collect(model, task.data(), rows, terms, TrainingListener.none())) {
            return GradientCheck.gradients(model, batches);
        }
    }

    private static String cut(CorrectionTask task) {
        return task.layer().map(LayerPath::value).orElse("none");
    }

    private List<String> cached(Archive archive, TrainableModel model, LossTerms terms) {
        seed(task);
        try (CachedBatches batches =
                CachedBatches.collect(model, task.data(), rows(), terms, listener)) {
            return trained(archive, model, batches);
        }
    }

    private List<String> trained(Archive archive, TrainableModel model, Batches batches) {
        Map<String, FloatTensor> before = model.state();
        seed(task);
        TrainingLoop.run(model, batches, task.correction().training(), listener);
        return write(archive, before, model.state());
    }

    private TrainingPlan plan(
            Archive archive, RrClarc rr, Optional<LayerPath> cut, boolean wholeGraph) {
        return new TrainingPlan(
                task.layer(),
                cut,
                rr.objective(),
                rr.training().optimizer(),
                behindConvolutions(archive),
                wholeGraph,
                true);
    }

    private int[] rows() {
        int[] rows = task.data().rows(Split.TRAIN);
        if (rows.length == 0) {
            throw AuditException.of(ErrorCode.BAD_DATA, "split", "no training row", "some");
        }
        return rows;
    }

    private Cav cav(RrClarc rr) {
        TapSpec spec =
                new TapSpec(required(task.layer(), "layer"), task.workDirectory(), task.device());
        try (TappedModel model = TappedModel.load(task.archive(), spec)) {
            return ConceptFitter.fit(
                    model,
                    task.data(),
                    required(task.concept(), "concept"),
                    task.targetClass(),
                    rr.pooling());
        }
    }

    private <T> T required(Optional<T> value, String name) {
        return value.orElseThrow(
                () ->
                        AuditException.of(
                                ErrorCode.INVALID_ARGUMENT,
                                name,
                                "none",
                                task.correction().method() + " needs one"));
    }

    private LossTerms terms(
            TrainableModel model, boolean weighted, DenseVector cav, double lambda) {
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
                task.correction().training().seed());
    }

    private TrainableModel load(TrainingPlan plan) {
        return TrainableModel.load(task.archive(), plan, task.workDirectory(), task.device());
    }

    private static List<String> names(Archive archive) {
        return archive.parameters().stream().map(StoredTensor::name).toList();
    }

    /** Everything but parameters of convolutions and batch normalisation, as published. */
    private static List<String> behindConvolutions(Archive archive) {
        List<String> names =
                names(archive).stream().filter(name -> !isFrozen(archive, name)).toList();
        if (names.isEmpty()) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION,
                    "archive",
                    "only convolutions and batch normalisation",
                    "a linear layer to train");
        }
        return names;
    }

    private static boolean isFrozen(Archive archive, String parameter) {
        String owner = parameter.substring(0, Math.max(0, parameter.lastIndexOf('.')));
        return archive.module(owner).filter(m -> FROZEN.contains(m.simpleType())).isPresent();
    }

    private List<String> write(
            Archive archive, Map<String, FloatTensor> before, Map<String, FloatTensor> after) {
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
