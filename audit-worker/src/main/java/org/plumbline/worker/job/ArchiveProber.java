package org.plumbline.worker.job;

import java.nio.file.Path;

/** Tries an archive where it can do no harm, before anything in this process runs it. */
@FunctionalInterface
public interface ArchiveProber {
    /**
     * Tries an archive with inputs of the data set's shape, and with the recipe's layer.
     *
     * @throws org.plumbline.core.error.AuditException naming the limit it exceeds, or why it fails
     */
    void probe(Path archive, Assessor.Setting setting);
}
