package org.plumbline.plugin.intercept;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;

import java.time.Instant;
import java.util.List;

/**
 * One audited request on its way to the audit thread; heap values only. Immutable.
 *
 * @param id which archive answered
 * @param generation of the {@link Served}, so that readings along replaced CAVs are left out
 * @param concepts in the order of the readings
 * @param samples one entry per row
 * @param addedNanos time the audit added to the request
 * @param at when it ended
 * @param effects of removing concepts, where this audit was drawn for it
 */
public record AuditEvent(
        ServedId id,
        long generation,
        LayerPath layer,
        List<ConceptId> concepts,
        List<SampleReading> samples,
        long addedNanos,
        Instant at,
        List<EffectReading> effects) {

    /** An event without effects. */
    public AuditEvent(
            ServedId id,
            long generation,
            LayerPath layer,
            List<ConceptId> concepts,
            List<SampleReading> samples,
            long addedNanos,
            Instant at) {
        this(id, generation, layer, concepts, samples, addedNanos, at, List.of());
    }

    /** Copies the lists. */
    public AuditEvent {
        concepts = List.copyOf(concepts);
        samples = List.copyOf(samples);
        effects = List.copyOf(effects);
    }
}
