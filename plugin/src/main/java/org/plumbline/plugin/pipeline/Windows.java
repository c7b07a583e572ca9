package org.plumbline.plugin.pipeline;

import org.plumbline.core.window.ConceptSample;
import org.plumbline.core.window.ConceptSnapshot;
import org.plumbline.core.window.ConceptWindow;
import org.plumbline.core.window.EffectSnapshot;
import org.plumbline.plugin.intercept.AuditEvent;
import org.plumbline.plugin.intercept.SampleReading;
import org.plumbline.plugin.intercept.ServedId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One window per series, bounded per version. Confined to one thread. */
final class Windows {
    private static final Logger LOG = LoggerFactory.getLogger(Windows.class);

    private final AuditObserver observer;
    private final SeriesTests tests = new SeriesTests();
    private final Map<SeriesKey, ConceptWindow> windows = new HashMap<>();
    private final Map<SeriesKey, ConceptSnapshot> snapshots = new HashMap<>();
    private final Set<SeriesKey> touched = new HashSet<>();
    private final Map<ServedId, Integer> sizes = new HashMap<>();
    private final Map<SeriesKey, Long> generations = new HashMap<>();
    private final Set<ServedId> full = new HashSet<>();
    private final EffectWindows effects = new EffectWindows();
    private final Prevalences prevalences = new Prevalences();

    Windows(AuditObserver observer) {
        this.observer = observer;
    }

    void add(AuditEvent event, WindowLimits limits) {
        for (SampleReading sample : event.samples()) {
            prevalences.add(event, sample, limits);
            boolean followed = false;
            for (int k = 0; k < sample.concepts().size(); k++) {
                ConceptSample read = sample.concepts().get(k);
                if (!Double.isFinite(read.mean()) || !Double.isFinite(read.meanAbsolute())) {
                    continue; // an overflow on one input says nothing about the concept
                }
                SeriesKey key =
                        new SeriesKey(
                                event.id(),
                                event.layer(),
                                event.concepts().get(k),
                                sample.target());
                Optional<ConceptWindow> window = window(key, limits);
                if (window.isPresent()) {
                    window.get().add(read, event.at());
                    touched.add(key);
                    followed = true;
                    limits.tests().ifPresent(plan -> tests.add(key, read.mean(), event.at(), plan));
                }
            }
            if (followed) {
                limits.tests().ifPresent(plan -> tests.add(event, sample, plan));
            }
        }
        effects.add(event, windows.keySet(), limits.effects());
        observer.audited(event);
    }

    /** Drops the windows of other versions and other CAVs; false if there were none. */
    boolean retain(Map<ServedId, WindowLimits> versions) {
        Set<ServedId> changed = prevalences.retain(versions);
        Set<SeriesKey> gone =
                generations.entrySet().stream()
                        .filter(e -> !WindowLimits.goesOn(e.getKey(), e.getValue(), versions))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
        gone.forEach(key -> changed.add(key.id()));
        if (changed.isEmpty()) {
            return false;
        }
        windows.keySet().removeAll(gone);
        snapshots.keySet().removeAll(gone);
        touched.removeAll(gone);
        effects.remove(gone);
        tests.remove(gone, changed);
        gone.forEach(key -> sizes.computeIfPresent(key.id(), (id, n) -> n > 1 ? n - 1 : null));
        gone.forEach(key -> full.remove(key.id()));
        generations.keySet().removeAll(gone);
        observer.vanished(gone);
        return true;
    }

    Map<SeriesKey, ConceptSnapshot> snapshots() {
        for (SeriesKey key : touched) {
            Optional.ofNullable(windows.get(key))
                    .ifPresent(window -> snapshots.put(key, window.snapshot()));
        }
        touched.clear();
        return Map.copyOf(snapshots);
    }

    Map<SeriesKey, EffectSnapshot> effects() {
        return effects.snapshots();
    }

    Map<SeriesKey, SeriesEvidence> evidence() {
        return tests.publish();
    }

    Map<ConceptKey, PrevalenceEvidence> prevalences() {
        return prevalences.publish();
    }

    private Optional<ConceptWindow> window(SeriesKey key, WindowLimits limits) {
        ConceptWindow window = windows.get(key);
        if (window != null) {
            return Optional.of(window);
        }
        int size = sizes.getOrDefault(key.id(), 0);
        if (size >= limits.series()) {
            if (full.add(key.id())) {
                LOG.warn(
                        "{}: max-series {} reached, further classes are not followed",
                        key.id(),
                        size);
            }
            return Optional.empty();
        }
        sizes.put(key.id(), size + 1);
        generations.put(key, limits.fitted(key.concept()));
        ConceptWindow made = new ConceptWindow(limits.settings());
        windows.put(key, made);
        observer.appeared(key);
        return Optional.of(made);
    }
}
