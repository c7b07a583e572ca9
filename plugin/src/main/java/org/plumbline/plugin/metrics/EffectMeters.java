package org.plumbline.plugin.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import org.plumbline.core.window.ConceptUse;
import org.plumbline.core.window.EffectSnapshot;
import org.plumbline.plugin.pipeline.SeriesKey;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The causal meters of each (layer, concept, class); NaN until a concept has been removed. */
final class EffectMeters {
    private final MeterRegistry registry;
    private volatile Supplier<Map<SeriesKey, EffectSnapshot>> source = Map::of;

    EffectMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void source(Supplier<Map<SeriesKey, EffectSnapshot>> next) {
        source = next;
    }

    List<Meter> add(SeriesKey key, Tags tags) {
        return List.of(
                gauge(MeterName.EFFECT, tags, key, EffectSnapshot::change),
                gauge(MeterName.MASKED, tags, key, e -> e.use() == ConceptUse.MASKED ? 1 : 0));
    }

    private Gauge gauge(
            MeterName name, Tags tags, SeriesKey key, ToDoubleFunction<EffectSnapshot> number) {
        return Gauge.builder(name.meter(), () -> read(key, number))
                .description(name.description())
                .tags(tags)
                .register(registry);
    }

    private double read(SeriesKey key, ToDoubleFunction<EffectSnapshot> number) {
        return Optional.ofNullable(source.get().get(key))
                .map(number::applyAsDouble)
                .orElse(Double.NaN);
    }
}
