package org.plumbline.plugin.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.pipeline.ConceptKey;
import org.plumbline.plugin.pipeline.PrevalenceEvidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What holds of a concept whatever the class: how far its CAV can be trusted, and how many inputs
 * carry it, NaN until one was audited. Thread-safe.
 */
final class ConceptMeters {
    private final MeterRegistry registry;
    private final Map<ServedId, List<Meter>> shown = new ConcurrentHashMap<>();
    private final Map<ServedId, Map<ConceptId, Meter>> mitigated = new ConcurrentHashMap<>();
    private volatile Supplier<Map<ConceptKey, PrevalenceEvidence>> source = Map::of;

    ConceptMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void source(Supplier<Map<ConceptKey, PrevalenceEvidence>> next) {
        source = next;
    }

    /** Shows the concepts of a version, and none that it had before. */
    void show(ServedId id, Tags tags, LayerPath layer, Map<ConceptId, CavQuality> qualities) {
        shown(id).forEach(registry::remove);
        forgetMitigations(id, qualities.keySet());
        List<Meter> made = new ArrayList<>();
        qualities.forEach(
                (concept, quality) -> {
                    Tags all = tags.and("layer", layer.value(), "concept", concept.value());
                    double poor = quality.poor().isPresent() ? 1 : 0;
                    made.add(gauge(MeterName.CAV_AUC, all, quality::heldOutAuc));
                    made.add(gauge(MeterName.CAV_POOR, all, () -> poor));
                    made.addAll(prevalence(new ConceptKey(id, layer, concept), all));
                });
        shown.put(id, List.copyOf(made));
    }

    void remove(ServedId id) {
        shown(id).forEach(registry::remove);
        forgetMitigations(id, Set.of());
        mitigated.remove(id);
    }

    /** Shows whether a version answers without one of its concepts. */
    void mitigation(ServedId id, Tags tags, ConceptId concept, BooleanSupplier on) {
        Tags all = tags.and("concept", concept.value());
        mitigated
                .computeIfAbsent(id, version -> new ConcurrentHashMap<>())
                .computeIfAbsent(
                        concept,
                        c -> gauge(MeterName.MITIGATION, all, () -> on.getAsBoolean() ? 1 : 0));
    }

    private void forgetMitigations(ServedId id, Set<ConceptId> but) {
        Map<ConceptId, Meter> of = mitigated.getOrDefault(id, Map.of());
        for (ConceptId concept : Set.copyOf(of.keySet())) {
            if (!but.contains(concept)) {
                Optional.ofNullable(of.remove(concept)).ifPresent(registry::remove);
            }
        }
    }

    private List<Meter> shown(ServedId id) {
        return Optional.ofNullable(shown.remove(id)).orElse(List.of());
    }

    private List<Meter> prevalence(ConceptKey key, Tags tags) {
        return List.of(
                gauge(MeterName.PREVALENCE, tags, key, e -> e.window().share()),
                gauge(MeterName.PREVALENCE_DRIFT, tags, key, PrevalenceEvidence::drifted),
                gauge(MeterName.PREVALENCE_EVIDENCE, tags, key, PrevalenceEvidence::driftRatio),
                counter(MeterName.PRESENT, tags, key, e -> e.window().totalPresent()),
                counter(MeterName.SEEN, tags, key, e -> e.window().totalSamples()));
    }

    private Gauge gauge(
            MeterName name,
            Tags tags,
            ConceptKey key,
            ToDoubleFunction<PrevalenceEvidence> number) {
        return gauge(name, tags, () -> read(key, number, Double.NaN));
    }

    private Gauge gauge(MeterName name, Tags tags, DoubleSupplier value) {
        return Gauge.builder(name.meter(), value::getAsDouble)
                .description(name.description())
                .tags(tags)
                .register(registry);
    }

    private FunctionCounter counter(
            MeterName name,
            Tags tags,
            ConceptKey key,
            ToDoubleFunction<PrevalenceEvidence> number) {
        return FunctionCounter.builder(name.meter(), this, s -> s.read(key, number, 0))
                .description(name.description())
                .tags(tags)
                .register(registry);
    }

    private double read(
            ConceptKey key, ToDoubleFunction<PrevalenceEvidence> number, double absent) {
        return Optional.ofNullable(source.get().get(key)).map(number::applyAsDouble).orElse(absent);
    }
}
