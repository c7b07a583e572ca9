package org.plumbline.plugin.intercept;

import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One archive being served: module, concepts, identity. Counts its users, so that the module is
 * freed when the owner has let go and the last call under way has ended. Thread-safe.
 */
public final class Served {
    private final ServedId id;
    private final long generation;
    private final Digest digest;
    private final LayerPath layer;
    private final List<ConceptId> concepts;
    private final Map<ConceptId, CavQuality> qualities;
    private final ServedModule module;
    private final Sampler sampler;
    private final Map<ConceptId, Long> fits;
    private final SampleCounts counts;
    private final AtomicInteger users = new AtomicInteger(1);

    /**
     * Takes ownership of a module.
     *
     * @param generation differs between any two made by one process
     * @param digest of the archive
     * @param concepts in the order of the module's bank
     * @param qualities how far each concept's CAV can be trusted
     */
    public Served(
            ServedId id,
            long generation,
            Digest digest,
            LayerPath layer,
            List<ConceptId> concepts,
            Map<ConceptId, CavQuality> qualities,
            ServedModule module,
            Sampler sampler) {
        this.id = id;
        this.generation = generation;
        this.digest = digest;
        this.layer = layer;
        this.concepts = List.copyOf(concepts);
        this.qualities = Map.copyOf(qualities);
        this.module = module;
        this.sampler = sampler;
        fits = Map.of();
        counts = new SampleCounts();
    }

    private Served(Served before, Audit audit, ServedModule module) {
        id = before.id;
        generation = audit.generation();
        digest = before.digest;
        layer = before.layer;
        concepts = audit.concepts();
        qualities = audit.qualities();
        this.module = module;
        sampler = before.sampler;
        fits = audit.fits();
        counts = before.counts;
    }

    /**
     * Returns the same archive audited along other concepts. Sampler and counts are shared and go
     * on; takes ownership of the module.
     */
    public Served along(Audit audit, ServedModule other) {
        return new Served(this, audit, other);
    }

    /**
     * What an archive is audited for. Immutable.
     *
     * @param generation differs between any two made by one process
     * @param concepts in the order of the module's bank
     * @param qualities how far each concept's CAV can be trusted
     * @param fits generation since which a concept's CAV is what it is
     */
    public record Audit(
            long generation,
            List<ConceptId> concepts,
            Map<ConceptId, CavQuality> qualities,
            Map<ConceptId, Long> fits) {
        /** Copies the collections. */
        public Audit {
            concepts = List.copyOf(concepts);
            qualities = Map.copyOf(qualities);
            fits = Map.copyOf(fits);
        }
    }

    /** Returns the labels of this version. */
    public ServedId id() {
        return id;
    }

    /** Returns the number that tells this one from others of the same archive. */
    public long generation() {
        return generation;
    }

    /** Returns since which generation concepts have their CAV; absent: since this one. */
    public Map<ConceptId, Long> fits() {
        return fits;
    }

    /** Returns the digest of the archive. */
    public Digest digest() {
        return digest;
    }

    /** Returns the tapped layer. */
    public LayerPath layer() {
        return layer;
    }

    /** Returns the concepts in the order of the readings. */
    public List<ConceptId> concepts() {
        return concepts;
    }

    /** Returns how far each concept's CAV can be trusted. */
    public Map<ConceptId, CavQuality> qualities() {
        return qualities;
    }

    /** Returns the module; borrowed, valid between acquire and release. */
    public ServedModule module() {
        return module;
    }

    /** Returns who decides which requests are audited. */
    public Sampler sampler() {
        return sampler;
    }

    /** Returns what became of the samples so far. */
    public SampleCounts counts() {
        return counts;
    }

    /** Enters a call; false if the module has been freed already. */
    boolean tryAcquire() {
        int now = users.get();
        while (now > 0 && !users.compareAndSet(now, now + 1)) {
            now = users.get();
        }
        return now > 0;
    }

    /** Holds the module beyond the call under way; {@link #release} ends it. */
    void retain() {
        users.incrementAndGet();
    }

    /** Ends a call, or the owner's hold: the last one out frees the module. */
    public void release() {
        if (users.decrementAndGet() == 0) {
            module.close();
        }
    }
}
