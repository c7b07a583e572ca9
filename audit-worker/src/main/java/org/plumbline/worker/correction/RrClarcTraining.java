package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.CachedBatches;
import org.plumbline.worker.training.LossTerms;
import org.plumbline.worker.training.TrainingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Trains by RR-ClArC, in the fastest way that gives the published gradients. One use. */
final class RrClarcTraining {
    private static final Logger LOG = LoggerFactory.getLogger(RrClarcTraining.class);
    private static final int COMPARED = 64;

    private final CorrectionRun run;
    private final RrClarc rr;
    private final LayerPath probe;
    private final List<String> trained;
    private final List<DenseVector> cavs;

    /** Returns the names of the tensors that changed. */
    static List<String> run(CorrectionRun run, RrClarc rr) {
        return new RrClarcTraining(run, rr).run();
    }

    private RrClarcTraining(CorrectionRun run, RrClarc rr) {
        this.run = run;
        this.rr = rr;
        probe = run.required(run.task().layer(), "layer");
        trained = run.trained(rr.scope());
        cavs = fitted();
    }

    private List<DenseVector> fitted() {
        List<ConceptId> all = new ArrayList<>();
        all.add(run.required(run.task().concept(), "concept"));
        all.addAll(rr.concepts());
        return all.stream()
                .distinct()
                .map(c -> run.fitted(probe, run.task().archive(), c, rr.cav(), rr.pooling()))
                .map(fitted -> fitted.cav().direction())
                .toList();
    }

    private List<String> run() {
        if (rr.scope() == Scope.ALL) {
            return wholeModel();
        }
        if (LateCuts.trainsBelow(run.archive(), probe, trained)) {
            LOG.warn("layers below {} are trained too: training without cache", probe);
            return wholeModel();
        }
        return alongTangents().or(this::fromProbe).orElseGet(this::wholeModel);
    }

    /** Trains from the last frozen layer, where that gives the same gradients as from the probe. */
    private Optional<List<String>> alongTangents() {
        if (!rr.tangents() || !rr.aggregation().isOfMeanSensitivity()) {
            return Optional.empty();
        }
        for (LayerPath cut : LateCuts.of(run.archive(), probe, trained)) {
            try (TrainableModel late = run.load(plan(cut, false))) {
                LossTerms terms = terms(late);
                if (run.isExact(late) && agrees(late, terms)) {
                    LOG.info("training from {}, along tangents of {}", cut, probe);
                    return Optional.of(
                            rr.cache()
                                    ? run.trainedFromCache(late, terms)
                                    : run.trainedFromImages(late, terms));
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
        try (TrainableModel model = run.load(plan(probe, false))) {
            if (run.isExact(model)) {
                return Optional.of(run.trainedFromCache(model, terms(model)));
            }
            LOG.warn("layers below {} are stochastic: training without cache", probe);
            return Optional.empty();
        }
    }

    private List<String> wholeModel() {
        try (TrainableModel model = run.load(plan(probe, true))) {
            if (rr.scope() == Scope.ALL) {
                model.trainingMode(true);
            }
            return run.trainedFromImages(model, terms(model));
        }
    }

    private boolean agrees(TrainableModel late, LossTerms terms) {
        int[] rows = run.rows();
        int[] some = Arrays.copyOf(rows, Math.min(rows.length, COMPARED));
        try (TrainableModel early = run.load(plan(probe, false))) {
            return GradientCheck.agree(gradients(early, some, terms), gradients(late, some, terms));
        }
    }

    private List<FloatTensor> gradients(TrainableModel model, int[] rows, LossTerms terms) {
        run.seed(); // the same dropout for both
        try (CachedBatches batches = run.cache(model, rows, terms, TrainingListener.none())) {
            return GradientCheck.gradients(model, batches);
        }
    }

    private LossTerms terms(TrainableModel model) {
        return run.terms(model, rr.classWeights(), cavs, rr.lambda());
    }

    private TrainingPlan plan(LayerPath cut, boolean wholeGraph) {
        return new TrainingPlan(
                Optional.of(probe), Optional.of(cut), rr.objective(), trained, wholeGraph, true);
    }
}
