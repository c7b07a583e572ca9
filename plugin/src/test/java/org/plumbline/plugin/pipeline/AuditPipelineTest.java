package org.plumbline.plugin.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.window.ConceptSample;
import org.plumbline.core.window.ConceptSnapshot;
import org.plumbline.core.window.ConceptUse;
import org.plumbline.core.window.EffectSnapshot;
import org.plumbline.core.window.WindowSettings;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.intercept.AuditEvent;
import org.plumbline.plugin.intercept.AuditQueue;
import org.plumbline.plugin.intercept.AuditTask;
import org.plumbline.plugin.intercept.EffectReading;
import org.plumbline.plugin.intercept.SampleReading;
import org.plumbline.plugin.intercept.ServedId;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

class AuditPipelineTest {
    private static final ServedId ID = new ServedId("m", "v");

    private final AuditQueue queue = new AuditQueue(10_000);
    private final Recorder recorder = new Recorder();
    private final AuditPipeline pipeline = AuditPipeline.start(queue, recorder);

    @AfterEach
    void stop() {
        pipeline.close();
    }

    @Test
    void readingsAreSplitByClassAndSummed() {
        pipeline.admit(ID, limits(1, 10));
        for (int i = 0; i < 40; i++) {
            queue.offer(event(1, i % 4, i % 2 == 0 ? 1 : -1));
        }
        awaitSamples(40);
        assertThat(pipeline.snapshots()).hasSize(4);
        assertThat(snapshot(0).score()).isEqualTo(1);
        assertThat(snapshot(1).score()).isZero();
        assertThat(snapshot(1).sensitivity()).isEqualTo(-1);
        assertThat(recorder.audited).hasSize(40);
        assertThat(recorder.appeared).hasSize(4);
    }

    @Test
    void classesBeyondTheLimitAreNotFollowed() {
        pipeline.admit(ID, limits(1, 2));
        for (int i = 0; i < 30; i++) {
            queue.offer(event(1, i % 3, 1));
        }
        Eventually.that("all seen", () -> recorder.audited.size() == 30);
        awaitSamples(20);
        assertThat(pipeline.snapshots()).hasSize(2);
    }

    @Test
    void eventsOfUnknownVersionsAndOldGenerationsAreLeftOut() {
        pipeline.admit(ID, limits(2, 10));
        queue.offer(event(1, 0, 1));
        queue.offer(event(2, 0, 1));
        awaitSamples(1);
        assertThat(recorder.audited).hasSize(1);
    }

    @Test
    void aNewGenerationStartsAnewAndAForgottenVersionVanishes() {
        pipeline.admit(ID, limits(1, 10));
        queue.offer(event(1, 0, 1));
        awaitSamples(1);
        pipeline.admit(ID, limits(2, 10));
        Eventually.that("dropped", () -> pipeline.snapshots().isEmpty());
        queue.offer(event(2, 0, -1));
        awaitSamples(1);
        assertThat(snapshot(0).score()).isZero();
        pipeline.forget(ID);
        Eventually.that("gone", () -> pipeline.snapshots().isEmpty());
        assertThat(recorder.vanished).hasSize(2);
    }

    @Test
    void windowsOfConceptsThatKeepTheirCavGoOnAndOthersMakeRoom() {
        ConceptId kept = new ConceptId("kept");
        ConceptId changed = new ConceptId("changed");
        ConceptId added = new ConceptId("added");
        pipeline.admit(ID, limits(1, 2));
        for (int i = 0; i < 10; i++) {
            queue.offer(task(reading(1, List.of(kept, changed), 0, 1)));
        }
        awaitSamples(20);
        pipeline.admit(ID, limits(2, 2, Map.of(kept, 1L, changed, 2L)));
        Eventually.that("one dropped", () -> pipeline.snapshots().size() == 1);
        queue.offer(task(reading(2, List.of(kept, changed), 0, -1)));
        awaitSamples(12);
        assertThat(samples(kept)).isEqualTo(11);
        assertThat(samples(changed)).isEqualTo(1);
        pipeline.admit(ID, limits(3, 2, Map.of(kept, 1L, added, 3L)));
        Eventually.that("removed", () -> pipeline.snapshots().size() == 1);
        queue.offer(task(reading(3, List.of(kept, added), 0, 1)));
        awaitSamples(13);
        assertThat(samples(kept)).isEqualTo(12);
        assertThat(samples(added)).isEqualTo(1);
        assertThat(recorder.vanished)
                .extracting(SeriesKey::concept)
                .containsExactly(changed, changed);
    }

    private long samples(ConceptId concept) {
        return pipeline.snapshots().entrySet().stream()
                .filter(e -> e.getKey().concept().equals(concept))
                .mapToLong(e -> e.getValue().samples())
                .sum();
    }

    @Test
    void readingsThatAreNotFiniteAreLeftOut() {
        pipeline.admit(ID, limits(1, 10));
        queue.offer(event(1, 0, Double.NaN));
        queue.offer(event(1, 0, 1));
        awaitSamples(1);
        assertThat(snapshot(0).sensitivity()).isEqualTo(1);
    }

    /** The gradient foretells 0.01 times the reach of 3, the logit falls by 0.8. */
    @Test
    void removalsThatTheGradientDeniesAreMasked() {
        pipeline.admit(ID, limits(1, 1));
        for (int i = 0; i < 1500; i++) {
            EffectReading effect = new EffectReading(0, 0, -0.8, 3);
            queue.offer(task(effects(reading(1, 0, 0.01), effect)));
            queue.offer(task(effects(reading(1, 1, 0.01), effect))); // beyond max-series
        }
        queue.offer(task(effects(reading(1, 0, 0.01), new EffectReading(0, 0, Double.NaN, 3))));
        Eventually.that("all seen", () -> recorder.audited.size() == 3001);
        Eventually.that(
                "published",
                () -> pipeline.effects().values().stream().anyMatch(e -> e.samples() == 1500));
        assertThat(pipeline.effects()).hasSize(1);
        EffectSnapshot effect = pipeline.effects().values().iterator().next();
        assertThat(effect.use()).isEqualTo(ConceptUse.MASKED);
        assertThat(effect.samples()).isEqualTo(1500);
        assertThat(effect.change()).isCloseTo(-0.8, within(1e-9));
        assertThat(effect.clippedLinear()).isCloseTo(0.03, within(1e-9));
        pipeline.forget(ID);
        Eventually.that("gone", () -> pipeline.effects().isEmpty());
    }

    private static AuditEvent effects(AuditEvent event, EffectReading effect) {
        return new AuditEvent(
                event.id(),
                event.generation(),
                event.layer(),
                event.concepts(),
                event.samples(),
                event.addedNanos(),
                event.at(),
                List.of(effect));
    }

    private void awaitSamples(long samples) {
        Eventually.that(
                samples + " samples",
                () ->
                        pipeline.snapshots().values().stream()
                                        .mapToLong(ConceptSnapshot::samples)
                                        .sum()
                                == samples);
    }

    private ConceptSnapshot snapshot(int target) {
        return pipeline.snapshots().entrySet().stream()
                .filter(e -> e.getKey().target() == target)
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private static AuditTask event(long generation, int target, double sensitivity) {
        return task(reading(generation, target, sensitivity));
    }

    private static AuditTask task(AuditEvent event) {
        return new AuditTask() {
            @Override
            public ServedId id() {
                return event.id();
            }

            @Override
            public long generation() {
                return event.generation();
            }

            @Override
            public long bytes() {
                return 1;
            }

            @Override
            public Optional<AuditEvent> run() {
                return Optional.of(event);
            }

            @Override
            public void close() {}
        };
    }

    private static AuditEvent reading(long generation, int target, double sensitivity) {
        return reading(generation, List.of(new ConceptId("c")), target, sensitivity);
    }

    private static AuditEvent reading(
            long generation, List<ConceptId> concepts, int target, double sensitivity) {
        ConceptSample sample = new ConceptSample(sensitivity, Math.abs(sensitivity), 1, 0);
        return new AuditEvent(
                ID,
                generation,
                new LayerPath("l"),
                concepts,
                List.of(new SampleReading(target, Collections.nCopies(concepts.size(), sample))),
                5,
                Instant.EPOCH);
    }

    private static final class Recorder implements AuditObserver {
        private final List<AuditEvent> audited = new CopyOnWriteArrayList<>();
        private final List<SeriesKey> appeared = new CopyOnWriteArrayList<>();
        private final List<SeriesKey> vanished = new CopyOnWriteArrayList<>();

        @Override
        public void audited(AuditEvent event) {
            audited.add(event);
        }

        @Override
        public void appeared(SeriesKey key) {
            appeared.add(key);
        }

        @Override
        public void vanished(Set<SeriesKey> keys) {
            vanished.addAll(keys);
        }
    }

    private static WindowLimits limits(long generation, int series) {
        return new WindowLimits(
                generation,
                new WindowSettings(100, Optional.empty(), OptionalDouble.empty(), 0.01),
                series);
    }

    private static WindowLimits limits(long generation, int series, Map<ConceptId, Long> fits) {
        WindowLimits all = limits(generation, series);
        return new WindowLimits(
                generation, all.settings(), all.effects(), series, Optional.empty(), fits);
    }
}
