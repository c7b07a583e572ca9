package org.plumbline.plugin.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import org.plumbline.core.window.ConceptSnapshot;
import org.plumbline.plugin.pipeline.SeriesEvidence;
import org.plumbline.plugin.pipeline.SeriesKey;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The meters of each (layer, concept, class). Added and removed on the audit thread only. */
public final class SeriesMeters {
    private final MeterRegistry registry;
    private final EffectMeters effects;
    private final Map<SeriesKey, List<Meter>> meters = new HashMap<>();
    private volatile Source source = Map::of;
    private volatile EvidenceSource evidence = Map::of;

    SeriesMeters(MeterRegistry registry) {
        this.registry = registry;
        effects = new EffectMeters(registry);
    }

    EffectMeters effects() {
        return effects;
    }

    void source(Source next) {
        source = next;
    }

    void evidence(EvidenceSource next) {
        evidence = next;
    }

    void add(SeriesKey key, Tags version) {
        Tags tags =
                version.and(
                        "layer", key.layer().value(),
                        "concept", key.concept().value(),
                        "class", String.valueOf(key.target()));
        meters.put(
                key,
                series(
                        effects.add(key, tags),
                        gauge(MeterName.SCORE, tags, key, ConceptSnapshot::score),
                        gauge(MeterName.SCORE_LOWER, tags, key, ConceptSnapshot::lower),
                        gauge(MeterName.SCORE_UPPER, tags, key, ConceptSnapshot::upper),
                        gauge(MeterName.SENSITIVITY, tags, key, ConceptSnapshot::sensitivity),
                        gauge(MeterName.MAGNITUDE, tags, key, ConceptSnapshot::magnitude),
                        test(MeterName.P_VALUE, tags, key, SeriesEvidence::pValue),
                        test(MeterName.DRIFT, tags, key, SeriesEvidence::drifted),
                        test(MeterName.DRIFT_EVIDENCE, tags, key, SeriesEvidence::driftRatio),
                        counter(MeterName.POSITIVE, tags, key, ConceptSnapshot::totalPositive),
                        counter(MeterName.COUNTED, tags, key, ConceptSnapshot::totalCounted)));
    }

    private static List<Meter> series(List<Meter> causal, Meter... others) {
        return Stream.concat(causal.stream(), Stream.of(others)).toList();
    }

    void remove(SeriesKey key) {
        Optional.ofNullable(meters.remove(key)).orElse(List.of()).forEach(registry::remove);
    }

    private Gauge gauge(
            MeterName name, Tags tags, SeriesKey key, ToDoubleFunction<ConceptSnapshot> number) {
        return Gauge.builder(name.meter(), () -> read(key, number, Double.NaN))
                .description(name.description())
                .tags(tags)
                .register(registry);
    }

    private Gauge test(
            MeterName name, Tags tags, SeriesKey key, ToDoubleFunction<SeriesEvidence> number) {
        return Gauge.builder(
                        name.meter(),
                        () ->
                                Optional.ofNullable(evidence.evidence().get(key))
                                        .map(number::applyAsDouble)
                                        .orElse(Double.NaN))
                .description(name.description())
                .tags(tags)
                .register(registry);
    }

    private FunctionCounter counter(
            MeterName name, Tags tags, SeriesKey key, ToDoubleFunction<ConceptSnapshot> number) {
        return FunctionCounter.builder(name.meter(), this, s -> s.read(key, number, 0))
                .description(name.description())
                .tags(tags)
                .register(registry);
    }

    private double read(SeriesKey key, ToDoubleFunction<ConceptSnapshot> number, double absent) {
        return Optional.ofNullable(source.snapshots().get(key))
                .map(number::applyAsDouble)
                .orElse(absent);
    }

    /** Where the published numbers are. */
    @FunctionalInterface
    public interface Source {
        /** Returns the latest numbers. */
        Map<SeriesKey, ConceptSnapshot> snapshots();
    }

    /** Where the results of tests are. */
    @FunctionalInterface
    public interface EvidenceSource {
        /** Returns the latest results. */
        Map<SeriesKey, SeriesEvidence> evidence();
    }
}
