package org.plumbline.plugin.intercept;

import org.plumbline.plugin.intercept.SampleCounts.Outcome;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The waiting audit of one answered request; holds the version that answered until closed. */
final class ServedTask implements AuditTask {
    private final Served served;
    private final PendingReading pending;
    private final int target;
    private final Request request;
    private final MinuteLog failures;
    private boolean ran;

    /**
     * What the request thread saw. Immutable.
     *
     * @param grant leave to audit it
     * @param samples rows of the request
     * @param nanos time the answer took
     * @param at when it was ready
     */
    record Request(Grant grant, long samples, long nanos, Instant at) {}

    /** Takes over a hold on {@code served} and the pending reading. */
    ServedTask(
            Served served,
            PendingReading pending,
            int target,
            Request request,
            MinuteLog failures) {
        this.served = served;
        this.pending = pending;
        this.target = target;
        this.request = request;
        this.failures = failures;
    }

    @Override
    public ServedId id() {
        return served.id();
    }

    @Override
    public long generation() {
        return served.generation();
    }

    @Override
    public long bytes() {
        return pending.bytes();
    }

    @Override
    public Optional<AuditEvent> run() {
        ran = true;
        long start = System.nanoTime();
        try {
            List<SampleReading> readings = pending.read(target);
            List<EffectReading> effects = effects();
            served.sampler().audited(request.grant(), request.nanos(), System.nanoTime() - start);
            served.counts().add(Outcome.AUDITED, request.samples());
            return Optional.of(
                    new AuditEvent(
                            served.id(),
                            served.generation(),
                            served.layer(),
                            served.concepts(),
                            readings,
                            request.grant().added(request.nanos()),
                            request.at(),
                            effects));
        } catch (RuntimeException | LinkageError e) {
            served.sampler().dropped(request.grant(), request.nanos());
            served.sampler().spent(System.nanoTime() - start);
            served.counts().add(Outcome.FAILED, request.samples());
            failures.warn("audit failed after the answer", served.id(), e);
            return Optional.empty();
        }
    }

    /** Within the time charged; a failure leaves the sensitivities as they are. */
    private List<EffectReading> effects() {
        try {
            return pending.effects(target);
        } catch (RuntimeException | LinkageError e) {
            failures.warn("removing concepts failed after the answer", served.id(), e);
            return List.of();
        }
    }

    @Override
    public void close() {
        try (pending) {
            if (!ran) {
                ran = true;
                served.sampler().dropped(request.grant(), request.nanos());
                served.counts().add(Outcome.DROPPED, request.samples());
            }
        } finally {
            served.release();
        }
    }
}
