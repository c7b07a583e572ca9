package org.plumbline.plugin.intercept;

import ai.djl.ndarray.NDList;

import org.plumbline.core.window.ConceptSample;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A module without an engine: answers lists it was made with. */
final class FakeModule implements ServedModule {
    final NDList answer = new NDList();
    final AtomicInteger plain = new AtomicInteger();
    final AtomicInteger audits = new AtomicInteger();
    final AtomicInteger inside = new AtomicInteger();
    final AtomicBoolean closed = new AtomicBoolean();
    final AtomicBoolean usedAfterClose = new AtomicBoolean();
    final AtomicInteger freed = new AtomicInteger();
    volatile boolean failing;
    volatile boolean failingLater;
    volatile long bytes = 1;

    @Override
    public NDList forward(NDList inputs) {
        use();
        plain.incrementAndGet();
        return answer;
    }

    @Override
    public PendingReading answer(NDList inputs) {
        use();
        audits.incrementAndGet();
        if (failing) {
            throw new IllegalStateException("no gradient");
        }
        return new PendingReading() {
            @Override
            public NDList outputs() {
                return answer;
            }

            @Override
            public long bytes() {
                return bytes;
            }

            @Override
            public List<SampleReading> read(int target) {
                use();
                if (failingLater) {
                    throw new IllegalStateException("no backward pass");
                }
                return List.of(new SampleReading(3, List.of(new ConceptSample(0.5, 0.5, 4, 0))));
            }

            @Override
            public void close() {
                use();
                freed.incrementAndGet();
            }
        };
    }

    @Override
    public void close() {
        if (inside.get() > 0) {
            usedAfterClose.set(true);
        }
        closed.set(true);
    }

    private void use() {
        inside.incrementAndGet();
        if (closed.get()) {
            usedAfterClose.set(true);
        }
        inside.decrementAndGet();
    }
}
