package org.plumbline.worker.correction;

import ai.djl.Device;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.TrainingFolder;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Everything a correction needs. Immutable.
 *
 * @param archive the deployed archive; never changed
 * @param layer probe layer; needed by concept-based methods
 * @param concept needed by concept-based methods
 * @param targetClass class the concept is measured on; empty: every class
 * @param output where the candidate archive is written
 * @param workDirectory existing folder for temporary files
 * @param reports folder for what a method found, such as mined samples; made when needed; empty: it
 *     is not written
 * @param checkpoints where training goes on from and saves to; empty: neither
 */
public record CorrectionTask(
        Path archive,
        AuditDataset data,
        Optional<LayerPath> layer,
        Optional<ConceptId> concept,
        OptionalInt targetClass,
        Correction correction,
        Path output,
        Path workDirectory,
        Device device,
        Optional<Path> reports,
        Optional<TrainingFolder> checkpoints) {
    /** Makes a task without reports that always begins at the first step. */
    public CorrectionTask(
            Path archive,
            AuditDataset data,
            Optional<LayerPath> layer,
            Optional<ConceptId> concept,
            OptionalInt targetClass,
            Correction correction,
            Path output,
            Path workDirectory,
            Device device) {
        this(
                archive,
                data,
                layer,
                concept,
                targetClass,
                correction,
                output,
                workDirectory,
                device,
                Optional.empty(),
                Optional.empty());
    }
}
