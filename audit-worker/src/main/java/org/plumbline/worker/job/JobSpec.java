package org.plumbline.worker.job;

import org.plumbline.core.model.Digest;

/**
 * A correction as a caller asked for it. Immutable.
 *
 * @param modelName served name
 * @param archiveSha256 digest of the archive to correct
 * @param dataset id of an uploaded data set
 * @param enforceGate whether a result that fails the gate counts as rejected; if not, nothing is
 *     delivered either way
 */
public record JobSpec(
        String modelName,
        String archiveSha256,
        String dataset,
        RepairRecipe recipe,
        boolean enforceGate) {
    /** Returns the digest of the archive to correct. */
    public Digest archive() {
        return new Digest(archiveSha256);
    }
}
