package org.plumbline.plugin.pipeline;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.window.PrevalenceWindow;
import org.plumbline.plugin.intercept.AuditEvent;
import org.plumbline.plugin.intercept.SampleReading;
import org.plumbline.plugin.intercept.ServedId;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How many audited inputs carry each concept, whatever their class, against what it was at first:
 * one watch a concept, so the number of concepts bounds them. Confined to one thread.
 */
final class Prevalences {
    private final Map<ConceptKey, Watch> watches = new HashMap<>();
    private final Map<ConceptKey, PrevalenceEvidence> evidence = new HashMap<>();
    private final Set<ConceptKey> touched = new HashSet<>();
    private final NewBaselines frozen = new NewBaselines();

    /** Adds an input, where its reading tells what it carries. */
    void add(AuditEvent event, SampleReading sample, WindowLimits limits) {
        if (sample.presence().isEmpty()) {
            return;
        }
        DenseVector presence = sample.presence().get();
        for (int k = 0; k < presence.dimension(); k++) {
            ConceptKey key = new ConceptKey(event.id(), event.layer(), event.concepts().get(k));
            watches.computeIfAbsent(key, c -> new Watch(c, limits))
                    .add(presence.at(k), event.at(), frozen);
            touched.add(key);
        }
    }

    /** Drops other versions and other CAVs; returns the versions of which some were dropped. */
    Set<ServedId> retain(Map<ServedId, WindowLimits> versions) {
        Set<ConceptKey> gone =
                watches.entrySet().stream()
                        .filter(
                                e ->
                                        !WindowLimits.goesOn(
                                                e.getKey(), e.getValue().fitted, versions))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
        watches.keySet().removeAll(gone);
        evidence.keySet().removeAll(gone);
        touched.removeAll(gone);
        return gone.stream().map(ConceptKey::id).collect(Collectors.toSet());
    }

    /** Keeps the baselines frozen since the last call, and returns what is known. */
    Map<ConceptKey, PrevalenceEvidence> publish() {
        frozen.keep();
        for (ConceptKey key : touched) {
            Optional.ofNullable(watches.get(key)).ifPresent(w -> evidence.put(key, w.evidence()));
        }
        touched.clear();
        return Map.copyOf(evidence);
    }

    private static final class Watch {
        private final ConceptKey key;
        private final long fitted;
        private final Optional<TestPlan> plan;
        private final PrevalenceWindow window;
        private final @Nullable DriftWatch drift;

        Watch(ConceptKey key, WindowLimits limits) {
            this.key = key;
            fitted = limits.fitted(key.concept());
            plan = limits.tests();
            window = new PrevalenceWindow(limits.settings().capacity());
            drift = plan.map(p -> DriftWatch.ofPrevalence(p, p.baselines().find(key))).orElse(null);
        }

        void add(double present, Instant at, NewBaselines frozen) {
            window.add(present > 0);
            if (drift != null) {
                drift.add(present, at)
                        .ifPresent(
                                made -> plan.ifPresent(p -> frozen.add(p.baselines(), key, made)));
            }
        }

        PrevalenceEvidence evidence() {
            return new PrevalenceEvidence(
                    window.snapshot(), drift == null ? Optional.empty() : drift.evidence());
        }
    }
}
