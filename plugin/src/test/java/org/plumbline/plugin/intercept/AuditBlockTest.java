package org.plumbline.plugin.intercept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

import org.junit.jupiter.api.Test;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;
import org.plumbline.plugin.config.Sampling;
import org.plumbline.plugin.intercept.SampleCounts.Outcome;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

class AuditBlockTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final AuditQueue queue = new AuditQueue(2);

    @Test
    void aSampledRequestIsAnsweredByTheAuditAloneAndHandedOver() {
        FakeModule module = new FakeModule();
        Served served = served(module, Sampling.ALL);
        assertThat(ask(block(served))).isSameAs(module.answer);
        assertThat(module.plain).hasValue(0);
        AuditEvent event;
        try (AuditTask task = queue.poll().orElseThrow()) {
            assertThat(served.counts().of(Outcome.AUDITED)).isZero();
            event = task.run().orElseThrow();
        }
        assertThat(served.counts().of(Outcome.AUDITED)).isEqualTo(1);
        assertThat(module.freed).hasValue(1);
        assertThat(event.id()).isEqualTo(served.id());
        assertThat(event.at()).isEqualTo(NOW);
        assertThat(event.samples().get(0).target()).isEqualTo(3);
    }

    @Test
    void aFailedAuditIsAnsweredPlainlyAndCounted() {
        FakeModule module = new FakeModule();
        module.failing = true;
        Served served = served(module, Sampling.ALL);
        assertThat(ask(block(served))).isSameAs(module.answer);
        assertThat(module.plain).hasValue(1);
        assertThat(served.counts().of(Outcome.FAILED)).isEqualTo(1);
        assertThat(served.counts().of(Outcome.AUDITED)).isZero();
        assertThat(queue.poll()).isEmpty();
    }

    @Test
    void aFullQueueDropsAndCountsAndTheAnswerStays() {
        FakeModule module = new FakeModule();
        Served served = served(module, Sampling.ALL);
        AuditBlock block = block(served);
        for (int i = 0; i < 5; i++) {
            assertThat(ask(block)).isSameAs(module.answer);
        }
        assertThat(served.counts().of(Outcome.DROPPED)).isEqualTo(3);
        assertThat(module.freed).hasValue(3);
        assertThat(queue.depth()).isEqualTo(2);
    }

    @Test
    void memoryThatWaitsFillsTheQueueToo() {
        FakeModule module = new FakeModule();
        module.bytes = 200L << 20;
        Served served = served(module, Sampling.ALL);
        AuditBlock block = block(served);
        ask(block);
        ask(block);
        assertThat(served.counts().of(Outcome.DROPPED)).isEqualTo(1);
        assertThat(queue.depth()).isEqualTo(1);
    }

    @Test
    void aBackwardPassThatFailsIsCountedAndFreed() {
        FakeModule module = new FakeModule();
        module.failingLater = true;
        Served served = served(module, Sampling.ALL);
        assertThat(ask(block(served))).isSameAs(module.answer);
        try (AuditTask task = queue.poll().orElseThrow()) {
            assertThat(task.run()).isEmpty();
        }
        assertThat(served.counts().of(Outcome.FAILED)).isEqualTo(1);
        assertThat(module.freed).hasValue(1);
    }

    @Test
    void aWaitingAuditKeepsItsModuleUntilClosed() {
        FakeModule module = new FakeModule();
        Served served = served(module, Sampling.ALL);
        ask(block(served));
        served.release();
        assertThat(module.closed).isFalse();
        queue.poll().orElseThrow().close();
        assertThat(module.closed).isTrue();
        assertThat(served.counts().of(Outcome.DROPPED)).isEqualTo(1);
    }

    @Test
    void aRequestThatIsNotSampledIsPlain() {
        FakeModule module = new FakeModule();
        Served served = served(module, new Sampling(0, OptionalDouble.empty()));
        assertThat(ask(block(served))).isSameAs(module.answer);
        assertThat(module.audits).hasValue(0);
        assertThat(served.counts().of(Outcome.SKIPPED)).isEqualTo(1);
    }

    @Test
    void theFirstAnswerToANewShapeIsPlainAndTheAuditThreadWarmsItUp() {
        FakeModule module = new FakeModule();
        Served served = served(module, Sampling.ALL);
        AuditBlock block = block(served);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDList image = new NDList(manager.ones(new Shape(1, 3, 8, 8)));
            ask(block, image);
            ask(block, image);
            assertThat(module.audits).hasValue(0);
            assertThat(queue.depth()).as("one warm-up waits").isEqualTo(1);
            try (AuditTask task = queue.poll().orElseThrow()) {
                assertThat(task.run()).isEmpty();
            }
            int warmUps = module.audits.get();
            assertThat(warmUps).isPositive();
            assertThat(module.freed).hasValue(warmUps);
            ask(block, image);
            assertThat(module.audits).hasValue(warmUps + 1);
        }
        assertThat(served.counts().of(Outcome.SKIPPED)).isEqualTo(2);
    }

    @Test
    void aShapeWhoseWarmUpIsDroppedIsWarmedUpLater() {
        FakeModule module = new FakeModule();
        Served served = served(module, Sampling.ALL);
        AuditBlock block = block(served);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDList image = new NDList(manager.ones(new Shape(1, 3, 8, 8)));
            ask(block, image);
            queue.poll().orElseThrow().close();
            ask(block, image);
            assertThat(queue.depth()).isEqualTo(1);
            served.release();
            assertThat(module.closed).as("the warm-up holds it").isFalse();
            queue.poll().orElseThrow().close();
            assertThat(module.closed).isTrue();
        }
    }

    @Test
    void aShapeThatCannotBeAuditedStaysPlain() {
        FakeModule module = new FakeModule();
        module.failing = true;
        Served served = served(module, Sampling.ALL);
        AuditBlock block = block(served);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDList image = new NDList(manager.ones(new Shape(1, 3, 8, 8)));
            ask(block, image);
            try (AuditTask task = queue.poll().orElseThrow()) {
                assertThat(task.run()).isEmpty();
            }
            int tried = module.audits.get();
            ask(block, image);
            assertThat(queue.depth()).isZero();
            assertThat(module.audits).hasValue(tried);
        }
        assertThat(served.counts().of(Outcome.FAILED)).isZero();
    }

    @Test
    void swapsUnderLoadFailNoCallAndUseNoFreedModule() throws Exception {
        FakeModule first = new FakeModule();
        ServedSlot slot = new ServedSlot(served(first, Sampling.ALL));
        AuditBlock block = new AuditBlock(slot, -1, queue, () -> NOW);
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(threads.submit(() -> askUntil(block, stop)));
        }
        List<FakeModule> modules = new ArrayList<>(List.of(first));
        for (int i = 0; i < 2000; i++) {
            FakeModule next = new FakeModule();
            modules.add(next);
            slot.swap(served(next, Sampling.ALL)).release();
        }
        stop.set(true);
        int calls = 0;
        for (Future<Integer> client : clients) {
            calls += client.get(30, TimeUnit.SECONDS);
        }
        threads.shutdownNow();
        for (var task = queue.poll(); task.isPresent(); task = queue.poll()) {
            task.get().close();
        }
        assertThat(calls).isPositive();
        assertThat(modules).noneMatch(m -> m.usedAfterClose.get());
        assertThat(modules.subList(0, 2000)).allMatch(m -> m.closed.get());
        assertThat(modules.get(2000).closed).isFalse();
    }

    @Test
    void anUnloadedModelSaysSo() {
        Served served = served(new FakeModule(), Sampling.ALL);
        AuditBlock block = block(served);
        served.release();
        assertThatThrownBy(() -> ask(block))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("unloaded");
    }

    @Test
    void aWatchThatFailsIsLoggedAndTheAnswerStays() {
        FakeModule module = new FakeModule();
        Served served = served(module, Sampling.ALL);
        AtomicInteger seen = new AtomicInteger();
        InputWatch failing =
                (version, inputs) -> {
                    if (seen.incrementAndGet() == 1) {
                        throw new IllegalStateException("no room");
                    }
                    throw new OutOfMemoryError("Java heap space");
                };
        AuditBlock block =
                new AuditBlock(
                        new ServedSlot(served), -1, queue, () -> NOW, Answering.PLAIN, failing);
        assertThat(ask(block)).isSameAs(module.answer);
        assertThat(ask(block)).isSameAs(module.answer);
        assertThat(seen.get()).isEqualTo(2);
        assertThat(queue.depth()).isEqualTo(2);
    }

    private AuditBlock block(Served served) {
        return new AuditBlock(new ServedSlot(served), -1, queue, () -> NOW);
    }

    private static int askUntil(AuditBlock block, AtomicBoolean stop) {
        int calls = 0;
        while (!stop.get()) {
            ask(block);
            calls++;
        }
        return calls;
    }

    private static NDList ask(AuditBlock block) {
        return ask(block, new NDList());
    }

    private static NDList ask(AuditBlock block, NDList inputs) {
        return block.forwardInternal(
                new ParameterStore(), inputs, false, new PairList<String, Object>());
    }

    private static Served served(FakeModule module, Sampling sampling) {
        Digest digest = Digest.of(new byte[] {1});
        Sampler sampler = new Sampler(sampling, 7);
        sampler.probed(new Shape(), new ShapeProbe.Times(1000, 1000, 10));
        return new Served(
                new ServedId("m", digest.brief()),
                1,
                digest,
                new LayerPath("features.8"),
                List.of(new ConceptId("colour")),
                Map.of(),
                module,
                sampler);
    }
}
