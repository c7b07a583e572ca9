package org.plumbline.plugin.pipeline;

import org.plumbline.plugin.intercept.AuditEvent;
import org.plumbline.plugin.intercept.SampleReading;
import org.plumbline.plugin.intercept.ServedId;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tests behind the windows: against random CAVs and against baselines. Only series that have a
 * window get here, so memory is bounded by theirs. Confined to one thread.
 */
final class SeriesTests {
    private final Map<ServedId, PoolWatches> pools = new HashMap<>();
    private final Map<SeriesKey, DriftWatch> drifts = new HashMap<>();
    private final Map<SeriesKey, SeriesEvidence> evidence = new HashMap<>();
    private final NewBaselines frozen = new NewBaselines();
    private final Set<SeriesKey> touched = new HashSet<>();

    /** Adds a series' finite mean sensitivity. */
    void add(SeriesKey key, double sensitivity, Instant at, TestPlan plan) {
        DriftWatch watch =
                drifts.computeIfAbsent(
                        key, k -> DriftWatch.ofSensitivity(plan, plan.baselines().find(k)));
        watch.add(sensitivity, at).ifPresent(made -> frozen.add(plan.baselines(), key, made));
        touched.add(key);
    }

    /** Adds a sample whose class is followed. */
    void add(AuditEvent event, SampleReading sample, TestPlan plan) {
        PoolWatches pool = pools.get(event.id());
        if (pool == null || !pool.of(event)) { // other concepts: another family of tests
            pool = new PoolWatches(plan, event.concepts());
            pools.put(event.id(), pool);
            touch(Set.of(event.id()));
        }
        boolean looked = pool.add(event, sample);
        if (looked) { // the correction couples the series of a version
            touch(Set.of(event.id()));
        }
    }

    /** Forgets series; versions whose concepts changed are compared with random CAVs anew. */
    void remove(Set<SeriesKey> gone, Set<ServedId> changed) {
        drifts.keySet().removeAll(gone);
        evidence.keySet().removeAll(gone);
        touched.removeAll(gone);
        pools.keySet().removeAll(changed);
        touch(changed);
    }

    private void touch(Set<ServedId> versions) {
        drifts.keySet().stream().filter(k -> versions.contains(k.id())).forEach(touched::add);
    }

    /** Keeps the baselines frozen since the last call, and returns what the tests say. */
    Map<SeriesKey, SeriesEvidence> publish() {
        frozen.keep();
        for (SeriesKey key : touched) {
            evidence.put(
                    key,
                    new SeriesEvidence(
                            Optional.ofNullable(pools.get(key.id()))
                                    .flatMap(pool -> pool.evidence(key)),
                            Optional.ofNullable(drifts.get(key)).flatMap(DriftWatch::evidence)));
        }
        touched.clear();
        return Map.copyOf(evidence);
    }
}
