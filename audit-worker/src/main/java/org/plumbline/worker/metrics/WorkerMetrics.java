package org.plumbline.worker.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Info;

import org.plumbline.worker.delivery.Delivery;
import org.plumbline.worker.delivery.DeliveryListener;
import org.plumbline.worker.delivery.DeliveryState;
import org.plumbline.worker.delivery.Offer;
import org.plumbline.worker.job.Job;
import org.plumbline.worker.job.JobListener;
import org.plumbline.worker.job.JobState;
import org.plumbline.worker.job.RepairOutcome;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Jobs, deliveries and gate decisions as Prometheus series. Thread-safe.
 *
 * <ul>
 *   <li>{@code plumbline_correction_jobs{state}}: jobs by state
 *   <li>{@code plumbline_correction_seconds}: start to end of jobs that ended in this process
 *   <li>{@code plumbline_deliveries_total{outcome}}: changes of deliveries
 *   <li>{@code plumbline_gate_pass{model_name}}: 1 or 0 by the newest decision, absent before
 * </ul>
 */
public final class WorkerMetrics implements JobListener, DeliveryListener {
    private static final int MOST_MODELS = 1000;

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, String> states = new HashMap<>();
    private final Map<String, Long> startedNanos = new HashMap<>();
    private final Map<String, Integer> decided = new LinkedHashMap<>();
    private final Map<DeliveryState, Counter> deliveries = new EnumMap<>(DeliveryState.class);
    private final Timer duration;
    private final MultiGauge gates;

    /** Makes the meters. */
    public WorkerMetrics(String version) {
        for (String label : JobState.LABELS) {
            Gauge.builder("plumbline.correction.jobs", this, m -> m.jobs(label))
                    .tag("state", label)
                    .register(registry);
        }
        for (DeliveryState state : DeliveryState.values()) {
            deliveries.put(
                    state,
                    Counter.builder("plumbline.deliveries")
                            .tag("outcome", state.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        duration =
                Timer.builder("plumbline.correction")
                        .serviceLevelObjectives(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(10),
                                Duration.ofHours(1),
                                Duration.ofHours(10))
                        .register(registry);
        gates = MultiGauge.builder("plumbline.gate.pass").register(registry);
        Info.builder() // Micrometer cannot name a gauge *_info: the suffix is reserved
                .name("plumbline_build_info")
                .labelNames("version")
                .register(registry.getPrometheusRegistry())
                .setLabelValues(version);
    }

    @Override
    public synchronized void onChange(Job job) {
        String before = states.put(job.id(), job.state().label());
        time(job, before);
        if (job.state().terminal() && !job.state().label().equals(before)) {
            job.state().outcome().ifPresent(outcome -> decide(job.spec().modelName(), outcome));
        }
    }

    @Override
    public void onDelivery(Offer offer, Delivery delivery) {
        Counter counter = deliveries.get(delivery.state());
        if (counter != null) {
            counter.increment();
        }
    }

    /** Returns all series in the text format a scraper asks for. */
    public String scrape(String contentType) {
        return registry.scrape(contentType);
    }

    private synchronized double jobs(String label) {
        return states.values().stream().filter(label::equals).count();
    }

    private void time(Job job, @org.jspecify.annotations.Nullable String before) {
        if (job.state() instanceof JobState.Running && !"running".equals(before)) {
            startedNanos.put(job.id(), System.nanoTime());
        } else if (job.state().terminal()) {
            Long started = startedNanos.remove(job.id());
            if (started != null) {
                duration.record(Duration.ofNanos(System.nanoTime() - started));
            }
        }
    }

    private void decide(String model, RepairOutcome outcome) {
        if (decided.size() < MOST_MODELS || decided.containsKey(model)) {
            decided.put(model, outcome.gate().accepted() ? 1 : 0);
            gates.register(
                    decided.entrySet().stream()
                            .map(
                                    entry ->
                                            MultiGauge.Row.of(
                                                    Tags.of("model_name", entry.getKey()),
                                                    entry.getValue()))
                            .<MultiGauge.Row<?>>map(row -> row)
                            .toList(),
                    true);
        }
    }
}
