package org.plumbline.plugin.repair;

import org.plumbline.core.model.Digest;

/**
 * A repaired checkpoint a worker offers. Immutable.
 *
 * @param id same checkpoint for the same model, same id
 * @param model served name
 * @param correction name of the job, to download from
 * @param checkpoint digest of the repaired archive
 * @param sizeBytes of the repaired archive
 * @param source digest of the archive it was made from
 */
public record CheckpointOffer(
        String id,
        String model,
        String correction,
        Digest checkpoint,
        long sizeBytes,
        Digest source) {}
