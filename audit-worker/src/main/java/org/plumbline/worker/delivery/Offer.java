package org.plumbline.worker.delivery;

import org.plumbline.core.model.Digest;

import java.nio.charset.StandardCharsets;

/**
 * An accepted checkpoint for one served model. Immutable.
 *
 * @param job id of the correction it came from
 * @param checkpoint digest of the repaired archive
 * @param source digest of the archive it was made from
 */
public record Offer(
        String modelName, String job, Digest checkpoint, long sizeBytes, Digest source) {
    /** Returns the same id for the same checkpoint and model, whatever job made it. */
    public String deliveryId() {
        return Digest.of((checkpoint.hex() + '\n' + modelName).getBytes(StandardCharsets.UTF_8))
                .hex();
    }
}
