package org.plumbline.plugin.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import org.plumbline.core.fairwashing.FairwashingVerdict.Tested;
import org.plumbline.core.fairwashing.Signal;
import org.plumbline.plugin.intercept.ServedId;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Verdict, detectors and windows of watched versions. Thread-safe. */
final class FairwashingMeters {
    private final MeterRegistry registry;
    private final Map<ServedId, Shown> shown = new HashMap<>();

    FairwashingMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows a version; signals that its verdict has for the first time are added. */
    synchronized void show(ServedId id, Tags tags, FairwashingNumbers numbers) {
        Shown version = shown.get(id);
        if (version == null || version.numbers() != numbers) {
            remove(id);
            version = new Shown(numbers, new ArrayList<>(base(tags, numbers)), new HashMap<>());
            shown.put(id, version);
        }
        for (Tested tested : numbers.verdict().map(v -> v.tested()).orElse(List.of())) {
            version.signals().computeIfAbsent(tested.signal(), s -> signal(tags, numbers, s));
        }
    }

    synchronized void remove(ServedId id) {
        Optional.ofNullable(shown.remove(id)).ifPresent(version -> version.remove(registry));
    }

    private List<Meter> base(Tags tags, FairwashingNumbers numbers) {
        List<Meter> made = new ArrayList<>();
        made.add(
                gauge(
                        MeterName.FAIRWASHING,
                        tags,
                        numbers,
                        n -> n.suspect().map(s -> s ? 1.0 : 0.0).orElse(Double.NaN)));
        for (WatchPhase phase : WatchPhase.values()) {
            made.add(
                    gauge(
                            MeterName.FAIRWASHING_STATE,
                            tags.and("state", phase.label()),
                            numbers,
                            n -> n.phase() == phase ? 1 : 0));
        }
        for (WindowOutcome outcome : WindowOutcome.values()) {
            made.add(
                    counter(
                            MeterName.FAIRWASHING_WINDOWS,
                            tags.and("outcome", outcome.label()),
                            numbers,
                            n -> n.windows(outcome)));
        }
        made.add(
                counter(MeterName.FAIRWASHING_SECONDS, tags, numbers, FairwashingNumbers::seconds));
        return made;
    }

    private List<Meter> signal(Tags tags, FairwashingNumbers numbers, Signal signal) {
        Tags all =
                tags.and("detector", signal.detector().label(), "method", signal.method().label());
        return List.of(
                gauge(
                        MeterName.FAIRWASHING_SCORE,
                        all,
                        numbers,
                        n -> read(n, signal, Tested::statistic)),
                gauge(
                        MeterName.FAIRWASHING_P_VALUE,
                        all,
                        numbers,
                        n -> read(n, signal, Tested::corrected)));
    }

    private static double read(
            FairwashingNumbers numbers, Signal signal, ToDoubleFunction<Tested> number) {
        return numbers.verdict().stream()
                .flatMap(verdict -> verdict.tested().stream())
                .filter(tested -> tested.signal().equals(signal))
                .mapToDouble(number)
                .findFirst()
                .orElse(Double.NaN);
    }

    private Gauge gauge(
            MeterName name,
            Tags tags,
            FairwashingNumbers numbers,
            ToDoubleFunction<FairwashingNumbers> value) {
        return Gauge.builder(name.meter(), numbers, value)
                .description(name.description())
                .strongReference(true)
                .tags(tags)
                .register(registry);
    }

    private FunctionCounter counter(
            MeterName name,
            Tags tags,
            FairwashingNumbers numbers,
            ToDoubleFunction<FairwashingNumbers> value) {
        return FunctionCounter.builder(name.meter(), numbers, value)
                .description(name.description())
                .tags(tags)
                .register(registry);
    }

    private record Shown(
            FairwashingNumbers numbers, List<Meter> base, Map<Signal, List<Meter>> signals) {
        void remove(MeterRegistry registry) {
            base.forEach(registry::remove);
            signals.values().forEach(made -> made.forEach(registry::remove));
        }
    }
}
