package org.plumbline.plugin.mitigation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

import org.plumbline.plugin.intercept.MinuteLog;
import org.plumbline.plugin.intercept.MitigationCounts;
import org.plumbline.plugin.intercept.PendingReading;
import org.plumbline.plugin.intercept.ServedModule;

import java.util.function.Function;

/**
 * Answers through a projection, and plainly where that fails on an input: counted, and logged once
 * a minute. Thread-safe. Owns the projected view; the plain module is borrowed.
 */
final class MitigatedModule implements ServedModule {
    private final ServedModule plain;
    private final ServedModule projected;
    private final MitigationCounts counts;
    private final MinuteLog failures;
    private final Object subject;

    MitigatedModule(
            ServedModule plain,
            ServedModule projected,
            MitigationCounts counts,
            MinuteLog failures,
            Object subject) {
        this.plain = plain;
        this.projected = projected;
        this.counts = counts;
        this.failures = failures;
        this.subject = subject;
    }

    @Override
    public NDList forward(NDList inputs) {
        return answered(module -> module.forward(inputs));
    }

    @Override
    public PendingReading answer(NDList inputs) {
        return answered(module -> module.answer(inputs));
    }

    private <T> T answered(Function<ServedModule, T> how) {
        T answer;
        try {
            answer = how.apply(projected);
        } catch (RuntimeException | LinkageError e) {
            // answer first: if the plain model fails as well, the request itself is at fault
            answer = how.apply(plain);
            counts.failed();
            failures.warn("mitigation failed, answered without it", subject, e);
            return answer;
        }
        counts.mitigated();
        return answer;
    }

    /** Fails where the projection does, or its answers are not finite. */
    @Override
    public void warmUp() {
        projected.warmUp();
    }

    @Override
    public NDArray logits(NDList inputs) {
        return plain.logits(inputs);
    }

    @Override
    public String gradient() {
        return plain.gradient();
    }

    @Override
    public void close() {
        projected.close();
    }
}
