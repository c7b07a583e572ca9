package org.plumbline.plugin.pipeline;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.significance.Holm;
import org.plumbline.plugin.intercept.AuditEvent;
import org.plumbline.plugin.intercept.SampleReading;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The comparisons of one version, by class, and Holm's correction over all of them, those without
 * data included. Confined to one thread.
 */
final class PoolWatches {
    private final TestPlan plan;
    private final List<ConceptId> concepts;
    private final Map<Integer, PoolWatch> classes = new TreeMap<>();
    private final Map<Integer, double[]> corrected = new TreeMap<>();

    PoolWatches(TestPlan plan, List<ConceptId> concepts) {
        this.plan = plan;
        this.concepts = concepts;
    }

    /** Returns whether an event is about these concepts. */
    boolean of(AuditEvent event) {
        return event.concepts().equals(concepts);
    }

    /** Adds a sample of a class that is followed; true if the corrected p-values changed. */
    boolean add(AuditEvent event, SampleReading sample) {
        if (sample.random().isEmpty() || !of(event)) {
            return false;
        }
        int random = sample.random().get().dimension();
        PoolWatch watch =
                classes.computeIfAbsent(
                        sample.target(),
                        t -> new PoolWatch(concepts.size(), random, plan.degrees()));
        boolean looked = watch.add(sample.concepts(), sample.random().get());
        if (looked) {
            correct();
        }
        return looked;
    }

    /** Returns what is known of a series; empty without any sample. */
    Optional<PoolEvidence> evidence(SeriesKey key) {
        int k = concepts.indexOf(key.concept());
        return Optional.ofNullable(classes.get(key.target()))
                .filter(watch -> k >= 0 && watch.samples() > 0)
                .map(watch -> watch.evidence(k, corrected(key.target(), k)));
    }

    private double corrected(int target, int k) {
        double[] values = corrected.get(target);
        return values == null ? 1 : values[k];
    }

    private void correct() {
        int width = concepts.size();
        double[] single =
                classes.values().stream()
                        .flatMapToDouble(watch -> Arrays.stream(watch.pValues()))
                        .toArray();
        double[] all = Holm.correct(single, Math.max(plan.family(), single.length));
        int at = 0;
        for (Integer target : classes.keySet()) {
            corrected.put(target, Arrays.copyOfRange(all, at, at + width));
            at += width;
        }
    }
}
