package org.plumbline.plugin.mitigation;

import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.metrics.AuditMeters;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The mitigations of every audited model. Thread-safe. */
public final class Mitigations {
    private final AuditMeters meters;
    private final InstantSource clock;
    private final Map<ModelKey, ModelMitigations> models = new ConcurrentHashMap<>();

    /** Knows no model yet. */
    public Mitigations(AuditMeters meters, InstantSource clock) {
        this.meters = meters;
        this.clock = clock;
    }

    /** Returns those of a model from now on; none is on. Those of one under its key end. */
    public ModelMitigations open(ModelKey key, ServedSlot slot) {
        ModelMitigations fresh = new ModelMitigations(slot, meters, clock, System::nanoTime);
        Optional.ofNullable(models.put(key, fresh)).ifPresent(ModelMitigations::close);
        return fresh;
    }

    /** Returns those of a model that was opened. */
    public Optional<ModelMitigations> of(ModelKey key) {
        return Optional.ofNullable(models.get(key));
    }

    /** Ends those of what a slot serves, before it is freed. */
    public void close(ModelKey key, ServedSlot slot) {
        models.computeIfPresent(
                key,
                (k, known) -> {
                    if (!known.isOf(slot)) {
                        return known; // another model under its key
                    }
                    known.close();
                    return null;
                });
    }
}
