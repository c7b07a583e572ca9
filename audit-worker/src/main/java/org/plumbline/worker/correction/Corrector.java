package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.Objective;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.worker.training.LossTerms;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs corrections. Thread-safe; a process should run one at a time. */
public final class Corrector {
    private Corrector() {}

    /**
     * Writes the candidate archive, the original with changed tensors, to {@code task.output()}.
     *
     * @return names of the tensors that changed
     * @throws AuditException {@code CANCELLED} when the listener said so; {@code INVALID_ARGUMENT}
     *     if the method needs a layer or concept that the task lacks
     */
    public static List<String> run(CorrectionTask task, TrainingListener listener) {
        listener.onStep(new TrainingStep("prepare", 0, 0, 0, 0, Map.of()));
        try (Archive archive = Archive.open(task.archive())) {
            CorrectionRun run = new CorrectionRun(task, archive, listener);
            run.seed();
            if (task.correction() instanceof RrClarc rr) {
                return new RrClarcTraining(run, rr).run();
            } else if (task.correction() instanceof Vanilla vanilla) {
                return vanilla(run, vanilla);
            }
            throw new IllegalStateException("the interface is sealed");
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, task.archive() + ": " + e, e);
        }
    }

    private static List<String> vanilla(CorrectionRun run, Vanilla vanilla) {
        boolean all = vanilla.scope() == Vanilla.Scope.ALL;
        TrainingPlan plan =
                new TrainingPlan(
                        Optional.empty(),
                        Optional.empty(),
                        new Objective.CrossEntropy(),
                        all ? run.everything() : run.behindConvolutions(),
                        false,
                        !all);
        try (TrainableModel model = run.load(plan)) {
            DenseVector noConcept = DenseVector.copyOf(1f);
            LossTerms terms = run.terms(model, vanilla.classWeights(), noConcept, 0);
            if (all) {
                model.trainingMode(true);
            }
            return run.trainedFromImages(model, terms);
        }
    }
}
