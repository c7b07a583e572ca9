package org.plumbline.plugin.mitigation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;

import org.junit.jupiter.api.Test;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.Projection;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.Intervention;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.plugin.config.Sampling;
import org.plumbline.plugin.intercept.PendingReading;
import org.plumbline.plugin.intercept.Sampler;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.intercept.ServedModule;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.metrics.AuditMeters;
import org.plumbline.plugin.mitigation.ModelMitigations.Active;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;

class ModelMitigationsTest {
    private static final ConceptId A = new ConceptId("a");
    private static final ConceptId B = new ConceptId("b");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // wraps round
    private final Fake first = new Fake();
    private final Served served = served(first, 1, (byte) 1, List.of(A, B));
    private final ServedSlot slot = new ServedSlot(served);
    private final ModelMitigations mitigations =
            new ModelMitigations(
                    slot, AuditMeters.standalone("1"), () -> Instant.EPOCH, nanos::get);

    @Test
    void conceptsThatAreOnTogetherActInOneProjection() {
        Active a = mitigations.start(order(A, 10));
        mitigations.start(order(B, 20));
        assertThat(current(served)).isEqualTo("projected 2");
        mitigations.stop(a.mitigation().id());
        assertThat(current(served)).isEqualTo("projected 1");
        assertThat(mitigations.stopAll()).isEqualTo(1);
        assertThat(current(served)).isEqualTo("plain");
        assertThat(first.open()).isZero();
    }

    @Test
    void eachEndsAtItsOwnTime() {
        mitigations.start(order(A, 10));
        mitigations.start(order(B, 20));
        nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
        assertThat(current(served)).isEqualTo("projected 2");
        nanos.addAndGet(1);
        assertThat(current(served)).isEqualTo("projected 1");
        assertThat(mitigations.active()).hasSize(1);
        assertThat(mitigations.active().get(0).remaining()).isEqualTo(Duration.ofSeconds(10));
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(current(served)).isEqualTo("plain");
        assertThat(mitigations.active()).isEmpty();
        assertThat(first.open()).isZero();
    }

    @Test
    void anotherArchiveEndsThem() {
        mitigations.start(order(A, 10));
        Served repaired = served(new Fake(), 2, (byte) 2, List.of(A, B));
        slot.swap(repaired);
        assertThat(current(repaired)).isEqualTo("plain");
        assertThat(mitigations.active()).isEmpty();
    }

    /** New examples: the same archive with another CAV. A call under way keeps the old one. */
    @Test
    void anotherGenerationOfTheArchiveIsMitigatedAlongItsOwnCavs() {
        mitigations.start(order(A, 10));
        mitigations.start(order(B, 10));
        Fake second = new Fake();
        Served fitted = served(second, 2, (byte) 1, List.of(B));
        slot.swap(fitted);
        assertThat(current(fitted)).isEqualTo("projected 1"); // concept a has gone
        assertThat(second.open()).isEqualTo(1);
        assertThat(current(served)).isEqualTo("projected 2");
        assertThat(mitigations.active().get(0).mitigation().order().concept()).isEqualTo(B);
        mitigations.close();
        assertThat(first.open() + second.open()).isZero();
    }

    @Test
    void anInputOnWhichTheProjectionFailsIsAnsweredPlainlyAndCounted() {
        mitigations.start(order(A, 10));
        first.failing = true;
        assertThat(current(served)).isEqualTo("plain");
        assertThat(mitigations.counts().failedRequests()).isEqualTo(1);
        first.failing = false;
        assertThat(current(served)).isEqualTo("projected 1");
        assertThat(mitigations.counts().mitigatedRequests()).isEqualTo(1);
    }

    @Test
    void whatFailsInItsTrialIsNotSwitchedOn() {
        first.failing = true;
        assertThatThrownBy(() -> mitigations.start(order(A, 10)))
                .isInstanceOf(AuditException.class)
                .hasMessage("layer: features.8: cannot be projected: no way");
        assertThat(mitigations.active()).isEmpty();
        assertThat(first.open()).isZero();
    }

    @Test
    void nothingIsSwitchedOnWhileTheModelIsUnloaded() {
        mitigations.start(order(A, 10));
        mitigations.close();
        assertThat(current(served)).isEqualTo("plain");
        assertThatThrownBy(() -> mitigations.start(order(A, 10)))
                .hasMessage("model: is being unloaded");
    }

    private String current(Served version) {
        mitigations.module(version).forward(new NDList());
        Fake fake = (Fake) version.module();
        return fake.calls.get(fake.calls.size() - 1);
    }

    private static MitigationOrder order(ConceptId concept, long seconds) {
        return new MitigationOrder(
                concept, 1, OptionalDouble.empty(), Duration.ofSeconds(seconds), "test");
    }

    private static Served served(
            Fake module, long generation, byte archive, List<ConceptId> concepts) {
        Digest digest = Digest.of(new byte[] {archive});
        return new Served(
                new ServedId("m", digest.brief()),
                generation,
                digest,
                new LayerPath("features.8"),
                concepts,
                Map.of(),
                module,
                new Sampler(Sampling.ALL, generation));
    }

    /** Notes what answered; counts projections that are open. */
    private static final class Fake implements ServedModule {
        final List<String> calls = new ArrayList<>();
        private final List<View> views = new ArrayList<>();
        volatile boolean failing;

        long open() {
            return views.stream().filter(v -> !v.closed).count();
        }

        @Override
        public NDList forward(NDList inputs) {
            calls.add("plain");
            return inputs;
        }

        @Override
        public PendingReading answer(NDList inputs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Intervention> removals() {
            return List.of(
                    new Intervention(DenseVector.copyOf(1f, 0f), 0.5, 1, true),
                    new Intervention(DenseVector.copyOf(0f, 1f), -0.5, 1, false));
        }

        @Override
        public ServedModule projected(Projection projection) {
            View view = new View(this, projection.moves().size());
            views.add(view);
            return view;
        }

        @Override
        public void close() {}
    }

    private static final class View implements ServedModule {
        private final Fake fake;
        private final int moves;
        private boolean closed;

        View(Fake fake, int moves) {
            this.fake = fake;
            this.moves = moves;
        }

        @Override
        public NDList forward(NDList inputs) {
            warmUp();
            if (closed) {
                return fake.forward(inputs);
            }
            fake.calls.add("projected " + moves);
            return inputs;
        }

        @Override
        public void warmUp() {
            if (fake.failing) {
                throw new IllegalStateException("no way");
            }
        }

        @Override
        public PendingReading answer(NDList inputs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
