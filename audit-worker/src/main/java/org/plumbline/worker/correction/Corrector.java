package org.plumbline.worker.correction;

import org.plumbline.worker.training.TrainingListener;

import java.util.List;

/** Runs corrections. Thread-safe; a process should run one at a time. */
@SuppressWarnings("DoNotCallSuggester")
public final class Corrector {
    private Corrector() {}

    /**
     * Writes the candidate archive, the original with changed tensors, to {@code task.output()}.
     *
     * @return names of the tensors that changed
     * @throws org.plumbline.core.error.AuditException {@code CANCELLED} when the listener said so
     */
    public static List<String> run(CorrectionTask task, TrainingListener listener) {
        throw new UnsupportedOperationException(task + " " + listener);
    }
}
