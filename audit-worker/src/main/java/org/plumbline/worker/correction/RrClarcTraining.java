package org.plumbline.worker.correction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.correction.ConceptFitter.Wanted;
import org.plumbline.worker.training.BatchLoss.Terms;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingRows;
import org.plumbline.worker.training.TrunkCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Trains by RR-ClArC, in the fastest way that gives the published gradients. One use. */
final class RrClarcTraining {
    private static final Logger LOG = LoggerFactory.getLogger(RrClarcTraining.class);
    private static final int COMPARED = 64;
    private static final long MOST_CACHED = 2L << 30;

    private final CorrectionRun run;
    private final RrClarc rr;
    private final LayerPath probe;
    private final List<String> trained;
    private final TrainingRows rows;
    private final NativeOperators operators;
    private final RrClarcLoss loss;
    private final List<Wanted> wanted;
    private List<DenseVector> cavs = List.of();

    private RrClarcTraining(CorrectionRun run, RrClarc rr, NativeOperators operators) {
        this.run = run;
        this.rr = rr;
        this.operators = operators;
        probe = run.required(run.task().layer(), "layer");
        trained = run.trained(rr.scope());
        rows = run.trainingRows();
        wanted = rr.wanted(run.required(run.task().concept(), "concept"), run.task().targetClass());
        loss = new RrClarcLoss(operators, rr.criterion(), rr.aggregation(), rr.lambda());
    }

    /** Returns the names of the tensors that changed. */
    static List<String> run(CorrectionRun run, RrClarc rr) {
        try (NativeOperators operators = run.operators(RrClarcLoss.SOURCE)) {
            return new RrClarcTraining(run, rr, operators).run();
        }
    }

    private List<String> run() {
        boolean below = LateCuts.trainsBelow(run.archive(), probe, trained);
        boolean frozen = rr.scope() == Scope.HEAD && !below;
        Optional<List<String>> done = frozen ? inOnePass() : Optional.empty();
        if (done.isPresent()) {
            return done.get();
        }
        if (cavs.isEmpty()) {
            cavs = fitted(wanted -> run.fitted(probe, run.task().archive(), wanted));
        }
        if (frozen) {
            return alongTangents().or(this::fromProbe).orElseGet(this::wholeModel);
        }
        if (rr.scope() == Scope.HEAD) {
            run.warn(Uncached.because(below, probe));
        }
        return wholeModel();
    }

    private List<DenseVector> fitted(Function<Wanted, ConceptFitter.Fitted> fitter) {
        return wanted.stream().map(fitter).map(fitted -> fitted.cav().direction()).toList();
    }

    /**
     * Fits the concepts to the activations that training needs anyway, where little is left to run
     * behind the probe.
     */
    private Optional<List<String>> inOnePass() {
        boolean later = // a pass that carries tangents to a later layer pays more
                mayRunAlongTangents()
                        && (!mayBeAffine()
                                || LateCuts.spareConvolutions(run.archive(), probe, trained));
        if (!rr.cache() || later) {
            return Optional.empty();
        }
        try (TrainableModel model = run.load(splitAtProbe())) {
            FloatTensor image = rows.data().inputs(rows.rows()[0]);
            if (!run.isExact(model)
                    || TrunkCache.bytesPerRow(model, image) > MOST_CACHED / rows.size()) {
                return Optional.empty();
            }
            run.seed();
            try (TrunkCache cache = reader(model, rows).cache(run.listener())) {
                cavs = fitted(cache);
                return cheapest(model, cache.tensors());
            }
        } catch (AuditException e) {
            if (e.code() != ErrorCode.LAYER_NOT_TAPPABLE) {
                throw e;
            }
            LOG.debug("{} is no cut: {}", probe, e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Trains from values at the probe, or from less where the head makes no more of them; does not
     * where a later layer may serve.
     */
    private Optional<List<String>> cheapest(TrainableModel model, NDList values) {
        HeadTrial trial = new HeadTrial(run, operators, model);
        ProbeReader reader = reader(model, rows);
        try (NDManager unit = operators.newUnit()) {
            boolean pools = trial.pools(values, HeadTrial.BATCH);
            NDList least = pools ? new NDList(trial.pooled(unit, values)) : values;
            ProbeReader slim = pools ? reader.pooled(HeadTrial.locations(values)) : reader;
            if (mayBeAffine()) {
                ProbeReader affine = slim.affine(unit, least);
                if (trial.isAffine(values, least, affine)) {
                    LOG.info("{}: logits move along the concept alike at every row", probe);
                    return Optional.of(fromCache(model, affine, least));
                }
            }
            if (pools && trial.pools(values, rows.size())) {
                return Optional.of(fromCache(model, slim, least));
            }
            return mayRunAlongTangents() && !lateCuts().isEmpty()
                    ? Optional.empty()
                    : Optional.of(fromCache(model, reader, values));
        }
    }

    /** One trained module, since kinks between two would move with the weights. */
    private boolean mayBeAffine() {
        return mayRunAlongTangents() && LateCuts.owners(trained).size() == 1;
    }

    private boolean mayRunAlongTangents() {
        return rr.tangents() && rr.aggregation().isOfMeanSensitivity();
    }

    /** Predictions need the head as it is deployed, without training's dropout. */
    private List<DenseVector> fitted(TrunkCache cache) {
        TrainingPlan deployed = TrainingPlan.live(trained).splitAt(probe);
        try (TrainableModel model = run.load(deployed)) {
            CachedReadings readings = new CachedReadings(operators, model, cache, rows.rows());
            return fitted(w -> ConceptFitter.fit(probe, readings, run.task().data(), w));
        }
    }

    private List<LayerPath> lateCuts() {
        return LateCuts.of(run.archive(), probe, trained);
    }

    /** Trains from the last frozen layer, where that gives the same gradients as from the probe. */
    private Optional<List<String>> alongTangents() {
        if (!mayRunAlongTangents()) {
            return Optional.empty();
        }
        for (LayerPath cut : lateCuts()) {
            try (TrainableModel late =
                    run.load(run.live(Scope.HEAD).splitAt(cut).withTangentsOf(probe))) {
                if (run.isExact(late) && agrees(late)) {
                    LOG.info("training from {}, along tangents of {}", cut, probe);
                    return Optional.of(rr.cache() ? fromCache(late) : fromImages(late));
                }
            } catch (AuditException e) {
                if (e.code() != ErrorCode.LAYER_NOT_TAPPABLE && e.code() != ErrorCode.BAD_ARCHIVE) {
                    throw e;
                }
                LOG.debug("{} is no cut: {}", cut, e.getMessage());
            }
        }
        return Optional.empty();
    }

    private Optional<List<String>> fromProbe() {
        if (!rr.cache()) {
            return Optional.empty();
        }
        try (TrainableModel model = run.load(splitAtProbe())) {
            if (run.isExact(model)) {
                return Optional.of(fromCache(model));
            }
            run.warn(Uncached.because(false, probe));
            return Optional.empty();
        }
    }

    private TrainingPlan splitAtProbe() {
        return run.live(Scope.HEAD).splitAt(probe);
    }

    private List<String> wholeModel() {
        try (TrainableModel model = run.load(run.live(rr.scope()).tapping(probe))) {
            return fromImages(model);
        }
    }

    private List<String> fromCache(TrainableModel model) {
        run.seed();
        try (TrunkCache cache = reader(model, rows).cache(run.listener())) {
            return fromCache(model, reader(model, rows), cache.tensors());
        }
    }

    private List<String> fromCache(TrainableModel model, ProbeReader reader, NDList cache) {
        DenseVector weights = run.classWeights(model, rr.classWeights());
        return run.descended(
                model,
                operators,
                rr.scope(),
                rows.size(),
                (unit, step) ->
                        terms(
                                unit,
                                reader.cached(unit, cache, step.samples()),
                                weights,
                                step.samples(),
                                step.number()));
    }

    private List<String> fromImages(TrainableModel model) {
        ProbeReader reader = reader(model, rows);
        DenseVector weights = run.classWeights(model, rr.classWeights());
        return run.descended(
                model,
                operators,
                rr.scope(),
                rows.size(),
                (unit, step) ->
                        terms(
                                unit,
                                reader.fromImages(unit, step.samples()),
                                weights,
                                step.samples(),
                                step.number()));
    }

    private ProbeReader reader(TrainableModel model, TrainingRows some) {
        return new ProbeReader(operators, model, cavs, some);
    }

    private Terms terms(
            NDManager unit,
            RrClarcLoss.Reading reading,
            DenseVector weights,
            int[] samples,
            long step) {
        long[] labels = rows.labels(samples);
        int classes = weights.dimension();
        float[] signs =
                rr.criterion()
                        .signs(
                                labels,
                                classes,
                                run.task().targetClass(),
                                rr.training().loop().seed(),
                                step);
        NDArray factors = unit.create(signs, new Shape(labels.length, classes));
        return loss.terms(
                unit, reading, unit.create(labels), unit.create(weights.toArray()), factors);
    }

    private boolean agrees(TrainableModel late) {
        TrainingRows some =
                new TrainingRows(
                        rows.data(), Arrays.copyOf(rows.rows(), Math.min(rows.size(), COMPARED)));
        try (TrainableModel early = run.load(splitAtProbe())) {
            return GradientCheck.agree(gradients(early, some), gradients(late, some));
        }
    }

    private List<FloatTensor> gradients(TrainableModel model, TrainingRows some) {
        run.seed(); // the same dropout for both
        ProbeReader reader = reader(model, some);
        DenseVector weights = run.classWeights(model, rr.classWeights());
        int[] all = IntStream.range(0, some.size()).toArray();
        try (TrunkCache cache = reader.cache(TrainingListener.none());
                NDManager unit = operators.newUnit()) {
            NDArray total =
                    terms(unit, reader.cached(unit, cache.tensors(), all), weights, all, 0).loss();
            return operators.gradients(unit, total, model.parameters(unit)).stream()
                    .map(Heap::copy)
                    .toList();
        }
    }
}
