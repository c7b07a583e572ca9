package org.plumbline.plugin.delivery;

import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.plumbline.plugin.metrics.AuditState;

import java.util.Optional;

/**
 * A model the host serves. Immutable.
 *
 * @param key what the server calls it
 * @param loaded identity of the model file when it was loaded
 * @param state whether it is audited
 * @param reason why not; empty when audited
 * @param audited present when audited
 */
public record ModelEntry(
        ModelKey key,
        ServedId loaded,
        AuditState state,
        String reason,
        Optional<AuditedModel> audited) {
    /** Returns the identity of what serves now. */
    public ServedId id() {
        return audited.map(a -> a.slot().current().id()).orElse(loaded);
    }
}
