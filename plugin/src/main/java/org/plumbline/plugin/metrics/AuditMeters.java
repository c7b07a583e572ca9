package org.plumbline.plugin.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.window.EffectSnapshot;
import org.plumbline.plugin.intercept.AuditEvent;
import org.plumbline.plugin.intercept.MitigationCounts;
import org.plumbline.plugin.intercept.SampleCounts;
import org.plumbline.plugin.intercept.SampleCounts.Outcome;
import org.plumbline.plugin.intercept.Sampler;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.pipeline.AuditObserver;
import org.plumbline.plugin.pipeline.ConceptKey;
import org.plumbline.plugin.pipeline.PrevalenceEvidence;
import org.plumbline.plugin.pipeline.SeriesKey;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Every series of the server side. Series of a version are removed with it. Thread-safe.
 *
 * <p>Sensitivities are gauges because they carry a sign.
 */
public final class AuditMeters implements AuditObserver, AutoCloseable {
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofSeconds(1)
    };

    private final PrometheusMeterRegistry registry;
    private final SeriesMeters series;
    private final ConceptMeters concepts;
    private final FairwashingMeters fairwashing;
    private final Map<ServedId, List<Meter>> meters = new ConcurrentHashMap<>();
    private final Map<ServedId, AuditTimes> times = new ConcurrentHashMap<>();

    private AuditMeters(PrometheusRegistry prometheus, String version) {
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, prometheus, Clock.SYSTEM);
        series = new SeriesMeters(registry);
        concepts = new ConceptMeters(registry);
        fairwashing = new FairwashingMeters(registry);
        Gauge.builder(MeterName.BUILD.meter(), () -> 1)
                .description(MeterName.BUILD.description())
                .tags("version", version)
                .register(registry);
    }

    /** Returns meters on a registry of their own. */
    public static AuditMeters standalone(String version) {
        return new AuditMeters(new PrometheusRegistry(), version);
    }

    /** Returns meters on the process's default registry, which the server shows as well. */
    public static AuditMeters shared(String version) {
        return new AuditMeters(PrometheusRegistry.defaultRegistry, version);
    }

    /** Shows the depth of the queue. */
    public void queue(IntSupplier depth) {
        Gauge.builder(MeterName.QUEUE.meter(), depth::getAsInt)
                .description(MeterName.QUEUE.description())
                .register(registry);
    }

    /** Tells where published numbers are read. */
    public void source(SeriesMeters.Source source) {
        series.source(source);
    }

    /** Tells where published effects of removing concepts are read. */
    public void effects(Supplier<Map<SeriesKey, EffectSnapshot>> source) {
        series.effects().source(source);
    }

    /** Tells where the results of tests are read. */
    public void evidence(SeriesMeters.EvidenceSource source) {
        series.evidence(source);
    }

    /** Tells where published prevalences are read. */
    public void prevalences(Supplier<Map<ConceptKey, PrevalenceEvidence>> source) {
        concepts.source(source);
    }

    /** Shows a version's state, and its counts where it is audited. */
    public void serve(ServedId id, AuditState state, Optional<Activity> activity) {
        remove(id);
        List<Meter> made = new ArrayList<>();
        for (AuditState possible : AuditState.values()) {
            made.add(
                    Gauge.builder(MeterName.STATE.meter(), () -> possible == state ? 1 : 0)
                            .description(MeterName.STATE.description())
                            .tags(tags(id).and("state", possible.label()))
                            .register(registry));
        }
        activity.ifPresent(a -> made.addAll(activity(id, a)));
        meters.put(id, List.copyOf(made));
    }

    /**
     * Shows how far the CAVs of a version, served before, can be trusted and how many inputs carry
     * the concepts; and no others.
     */
    public void concepts(ServedId id, LayerPath layer, Map<ConceptId, CavQuality> qualities) {
        concepts.show(id, tags(id), layer, qualities);
    }

    /**
     * Shows what the watch over a version, served before, says; called again when a verdict has new
     * signals.
     */
    public void fairwashing(ServedId id, FairwashingNumbers numbers) {
        fairwashing.show(id, tags(id), numbers);
    }

    /** Removes what {@link #fairwashing} showed of a version. */
    public void forgetFairwashing(ServedId id) {
        fairwashing.remove(id);
    }

    /** Removes every series of a version but those of its windows, which go with the windows. */
    public void remove(ServedId id) {
        times.remove(id);
        concepts.remove(id);
        fairwashing.remove(id);
        Optional.ofNullable(meters.remove(id)).orElse(List.of()).forEach(registry::remove);
    }

    /** Counts a step of a delivery against the version that serves after it. */
    public void delivered(ServedId id, DeliveryOutcome outcome) {
        Counter counter =
                Counter.builder(MeterName.DELIVERIES.meter())
                        .description(MeterName.DELIVERIES.description())
                        .tags(tags(id).and("outcome", outcome.label()))
                        .register(registry);
        counter.increment();
        keep(id, counter);
    }

    /** Shows whether a version, served before, answers without a concept, as long as it has it. */
    public void mitigation(ServedId id, ConceptId concept, BooleanSupplier on) {
        concepts.mitigation(id, tags(id), concept, on);
    }

    /** Shows the requests that came while a version, served before, was mitigated. */
    public void mitigated(ServedId id, MitigationCounts counts) {
        mitigated(id, counts, "mitigated", MitigationCounts::mitigatedRequests);
        mitigated(id, counts, "failed", MitigationCounts::failedRequests);
    }

    private void mitigated(
            ServedId id,
            MitigationCounts counts,
            String outcome,
            ToDoubleFunction<MitigationCounts> count) {
        keep(
                id,
                FunctionCounter.builder(MeterName.MITIGATED.meter(), counts, count)
                        .description(MeterName.MITIGATED.description())
                        .tags(tags(id).and("outcome", outcome))
                        .register(registry));
    }

    /** Removes a meter together with the version. */
    private void keep(ServedId id, Meter meter) {
        meters.computeIfPresent(
                id,
                (key, list) -> {
                    if (list.contains(meter)) {
                        return list;
                    }
                    List<Meter> longer = new ArrayList<>(list);
                    longer.add(meter);
                    return List.copyOf(longer);
                });
    }

    /** Returns the page in Prometheus text format. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void audited(AuditEvent event) {
        Optional.ofNullable(times.get(event.id())).ifPresent(t -> t.record(event));
    }

    @Override
    public void appeared(SeriesKey key) {
        series.add(key, tags(key.id()));
    }

    @Override
    public void vanished(Set<SeriesKey> keys) {
        keys.forEach(series::remove);
    }

    /** Removes every series and closes the registry. */
    @Override
    public void close() {
        registry.clear();
        registry.close();
    }

    private List<Meter> activity(ServedId id, Activity activity) {
        List<Meter> made = new ArrayList<>();
        for (Outcome outcome : Outcome.values()) {
            made.add(
                    FunctionCounter.builder(
                                    MeterName.SAMPLES.meter(),
                                    activity.counts(),
                                    c -> c.of(outcome))
                            .description(MeterName.SAMPLES.description())
                            .tags(tags(id).and("outcome", outcome.name().toLowerCase(Locale.ROOT)))
                            .register(registry));
        }
        made.add(gauge(MeterName.OVERHEAD, tags(id), activity.sampler()::overheadRatio));
        AtomicLong last = new AtomicLong();
        made.add(
                Gauge.builder(MeterName.LAST.meter(), last, l -> l.get() / 1e3)
                        .description(MeterName.LAST.description())
                        .baseUnit("seconds")
                        .strongReference(true)
                        .tags(tags(id))
                        .register(registry));
        Timer timer =
                Timer.builder(MeterName.AUDIT.meter())
                        .description(MeterName.AUDIT.description())
                        .serviceLevelObjectives(BUCKETS)
                        .tags(tags(id))
                        .register(registry);
        made.add(timer);
        times.put(id, new AuditTimes(timer, last));
        return made;
    }

    private Gauge gauge(MeterName name, Tags tags, DoubleSupplier value) {
        return Gauge.builder(name.meter(), value::getAsDouble)
                .description(name.description())
                .tags(tags)
                .register(registry);
    }

    private static Tags tags(ServedId id) {
        return Tags.of("model_name", id.model(), "model_version", id.version());
    }

    /**
     * What an audited version counts.
     *
     * @param counts what became of its samples
     * @param sampler knows the overhead
     */
    public record Activity(SampleCounts counts, Sampler sampler) {}

    private record AuditTimes(Timer timer, AtomicLong last) {
        void record(AuditEvent event) {
            timer.record(Duration.ofNanos(event.addedNanos()));
            last.set(event.at().toEpochMilli());
        }
    }
}
