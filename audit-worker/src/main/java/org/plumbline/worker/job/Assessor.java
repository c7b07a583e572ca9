package org.plumbline.worker.job;

import ai.djl.Device;

import org.plumbline.worker.correction.ConceptFitter;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.evaluation.Assessment;
import org.plumbline.worker.evaluation.ConceptProbe;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Measures archives. */
public interface Assessor {
    /**
     * What an assessment needs beside the archive. Immutable.
     *
     * @param cancelled asked before every batch
     */
    record Setting(
            AuditDataset data,
            RepairRecipe recipe,
            Path workDirectory,
            Device device,
            BooleanSupplier cancelled) {}

    /** Fits the concept on an archive; empty without layer or concept. */
    Optional<ConceptProbe> probe(Path archive, Setting setting);

    /**
     * Fits the concept on an archive and keeps how it was fitted.
     *
     * @param setting with layer and concept
     */
    ConceptFitter.Fitted fit(Path archive, Setting setting);

    /** Returns the numbers of an archive, with concept numbers where there is a probe. */
    Assessment assess(Path archive, Optional<ConceptProbe> probe, Setting setting);
}
