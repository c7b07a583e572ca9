package org.plumbline.worker.job;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.worker.correction.CorrectionTask;
import org.plumbline.worker.store.ArchiveStore.ArchiveChecker;
import org.plumbline.worker.training.TrainingListener;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a repair is done with; tests replace the parts that need an engine. Immutable.
 *
 * @param versions of the software that did it, by name, for the manifest
 */
public record RepairTools(
        ArchiveChecker checker,
        ArchiveProber prober,
        Assessor assessor,
        Trainer trainer,
        Sealer sealer,
        Supplier<Map<String, String>> versions) {
    /** Trains and writes a candidate archive. */
    @FunctionalInterface
    public interface Trainer {
        /** Returns the names of the tensors that changed. */
        List<String> run(CorrectionTask task, TrainingListener listener);
    }

    /** Writes an archive with its provenance. */
    @FunctionalInterface
    public interface Sealer {
        /** Writes {@code out}, which appears only when complete. */
        void seal(Path candidate, ObjectNode manifest, Path out);
    }
}
