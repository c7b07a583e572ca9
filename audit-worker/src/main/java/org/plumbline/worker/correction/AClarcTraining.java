package org.plumbline.worker.correction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.cav.Pooling;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.training.BatchLoss;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.Trainee;
import org.plumbline.worker.training.TrainingRows;
import org.plumbline.worker.training.TrunkCache;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Trains the head on activations that all show the concept. One use. */
final class AClarcTraining {
    private final CorrectionRun run;
    private final AClarc clarc;
    private final NativeOperators operators;
    private final TrainableModel model;
    private final ClarcShift shift;
    private final DenseVector weights;
    private final TrainingRows rows;

    private AClarcTraining(
            CorrectionRun run,
            AClarc clarc,
            NativeOperators operators,
            TrainableModel model,
            ClarcShift shift) {
        this.run = run;
        this.clarc = clarc;
        this.operators = operators;
        this.model = model;
        this.shift = shift;
        this.weights = run.classWeights(model, clarc.classWeights());
        this.rows = run.trainingRows();
    }

    /** Returns the names of the tensors that changed. */
    static List<String> run(CorrectionRun run, AClarc clarc) {
        LayerPath probe = run.required(run.task().layer(), "layer");
        ConceptFitter.Fitted fitted =
                run.fitted(probe, run.task().archive(), clarc.cav(), clarc.pooling());
        ClarcShift shift =
                new ClarcShift(
                        fitted.cav().direction(),
                        fitted.meanLengths().artifact(),
                        clarc.pooling() == Pooling.MAX);
        try (NativeOperators operators = run.operators(ClarcShift.SOURCE);
                TrainableModel model = run.load(run.live(Scope.HEAD).splitAt(probe))) {
            return new AClarcTraining(run, clarc, operators, model, shift).trained(probe);
        }
    }

    private List<String> trained(LayerPath probe) {
        boolean below = LateCuts.trainsBelow(run.archive(), probe, model.plan().trainable());
        if (clarc.cache() && !below && run.isExact(model)) {
            try (TrunkCache cache =
                    TrunkCache.collect(
                            model, rows.data(), rows.rows(), this::shifted, run.listener())) {
                return run.descended(
                        model,
                        operators,
                        Scope.HEAD,
                        rows.size(),
                        (unit, step) -> cached(unit, cache, step));
            }
        }
        if (clarc.cache()) {
            run.warn(Uncached.because(below, probe));
        }
        return run.descended(model, operators, Scope.HEAD, rows.size(), this::whole);
    }

    private NDList shifted(NDArray x) {
        return moved(x.getManager(), model.trunk(x));
    }

    private NDList moved(NDManager unit, NDList state) {
        NDList moved = new NDList(shift.of(operators, unit, state.get(0)));
        moved.addAll(state.subNDList(1));
        return moved;
    }

    private BatchLoss.Terms cached(NDManager unit, TrunkCache cache, Trainee.Step step) {
        NDArray picked = unit.create(Arrays.stream(step.samples()).asLongStream().toArray());
        NDList state = operators.rows(unit, cache.tensors(), picked);
        return terms(unit, state, unit.create(rows.labels(step.samples())));
    }

    private BatchLoss.Terms whole(NDManager unit, Trainee.Step step) {
        LiveBatch batch = rows.batch(unit, step.samples());
        return terms(unit, moved(unit, model.encode(batch.x())), batch.y());
    }

    private BatchLoss.Terms terms(NDManager unit, NDList state, NDArray y) {
        NDArray w = unit.create(weights.toArray());
        return new BatchLoss.Terms(operators.crossEntropy(unit, model.head(state), y, w), Map.of());
    }
}
