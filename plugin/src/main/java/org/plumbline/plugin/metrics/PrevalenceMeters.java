package org.plumbline.plugin.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import org.plumbline.plugin.pipeline.ConceptKey;
import org.plumbline.plugin.pipeline.PrevalenceEvidence;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** How many inputs carry each concept, whatever their class; NaN until one was audited. */
final class PrevalenceMeters {
    private final MeterRegistry registry;
    private volatile Supplier<Map<ConceptKey, PrevalenceEvidence>> source = Map::of;

    PrevalenceMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void source(Supplier<Map<ConceptKey, PrevalenceEvidence>> next) {
        source = next;
    }

    List<Meter> add(ConceptKey key, Tags tags) {
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
        return Gauge.builder(name.meter(), () -> read(key, number, Double.NaN))
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
