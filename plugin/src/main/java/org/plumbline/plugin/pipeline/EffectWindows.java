package org.plumbline.plugin.pipeline;

import org.plumbline.core.window.ConceptSample;
import org.plumbline.core.window.EffectSample;
import org.plumbline.core.window.EffectSettings;
import org.plumbline.core.window.EffectSnapshot;
import org.plumbline.core.window.EffectTally;
import org.plumbline.plugin.intercept.AuditEvent;
import org.plumbline.plugin.intercept.EffectReading;
import org.plumbline.plugin.intercept.SampleReading;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What removing concepts did, for series that have a window. Confined to one thread. */
final class EffectWindows {
    private final Map<SeriesKey, EffectTally> tallies = new HashMap<>();
    private final Map<SeriesKey, EffectSnapshot> snapshots = new HashMap<>();
    private final Set<SeriesKey> touched = new HashSet<>();

    /** Adds an event's effects to the series followed. */
    void add(AuditEvent event, Set<SeriesKey> followed, EffectSettings settings) {
        for (EffectReading effect : event.effects()) {
            SampleReading row = event.samples().get(effect.row());
            ConceptSample slope = row.concepts().get(effect.concept());
            EffectSample sample = new EffectSample(effect.change(), slope.mean() * effect.reach());
            SeriesKey key =
                    new SeriesKey(
                            event.id(),
                            event.layer(),
                            event.concepts().get(effect.concept()),
                            row.target());
            if (sample.isFinite() && followed.contains(key)) {
                tallies.computeIfAbsent(key, k -> new EffectTally(settings)).add(sample);
                touched.add(key);
            }
        }
    }

    void remove(Set<SeriesKey> gone) {
        tallies.keySet().removeAll(gone);
        snapshots.keySet().removeAll(gone);
        touched.removeAll(gone);
    }

    Map<SeriesKey, EffectSnapshot> snapshots() {
        for (SeriesKey key : touched) {
            Optional.ofNullable(tallies.get(key))
                    .ifPresent(tally -> snapshots.put(key, tally.snapshot()));
        }
        touched.clear();
        return Map.copyOf(snapshots);
    }
}
