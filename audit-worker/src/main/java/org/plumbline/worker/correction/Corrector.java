package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Runs corrections. Thread-safe; a process should run one at a time. */
public final class Corrector {
    private Corrector() {}

    /**
     * Writes the candidate archive, the original with changed tensors or a projection in its code,
     * to {@code task.output()}.
     *
     * @return names of the tensors that changed
     * @throws AuditException {@code CANCELLED} when the listener said so; {@code INVALID_ARGUMENT}
     *     if the method needs a layer or concept that the task lacks; {@code BAD_DATA} if it needs
     *     masks or bias labels that the data set lacks
     */
    public static List<String> run(CorrectionTask task, TrainingListener listener) {
        listener.onStep(new TrainingStep("prepare", 0, 0, 0, 0, Map.of()));
        try (Archive archive = Archive.open(task.archive())) {
            CorrectionRun run = new CorrectionRun(task, archive, listener);
            run.seed();
            Correction correction = task.correction();
            return Method.of(correction.method()).train(run, correction);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, task.archive() + ": " + e, e);
        }
    }
}
