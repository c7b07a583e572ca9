package org.plumbline.plugin.mitigation;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.Projection;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tap.Intervention;
import org.plumbline.plugin.intercept.Answering;
import org.plumbline.plugin.intercept.MinuteLog;
import org.plumbline.plugin.intercept.MitigationCounts;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.intercept.ServedModule;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.metrics.AuditMeters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The mitigations of one served model. They end at their time limit, with the archive they were
 * switched on for, or with their concept; new examples of the concept move them to its new CAV. All
 * that are on act together, by one projection. Nothing is kept on disk. Thread-safe.
 *
 * <p>A request reads one volatile field; changes replace it as a whole.
 */
public final class ModelMitigations implements Answering, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelMitigations.class);
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final int MOST = 16;

    private final ServedSlot slot;
    private final AuditMeters meters;
    private final InstantSource clock;
    private final LongSupplier ticker;
    private final Object changes = new Object();
    private volatile MitigationCounts counts = new MitigationCounts();
    private final MinuteLog failures = new MinuteLog(LOG);
    private volatile Acting acting = Acting.NONE;
    private volatile Acting before = Acting.NONE;
    private @Nullable Digest counted;
    private boolean closed;

    /**
     * Makes them for what a slot serves; none is on.
     *
     * @param ticker nanoseconds since some moment
     */
    public ModelMitigations(
            ServedSlot slot, AuditMeters meters, InstantSource clock, LongSupplier ticker) {
        this.slot = slot;
        this.meters = meters;
        this.clock = clock;
        this.ticker = ticker;
    }

    @Override
    public ServedModule module(Served served) {
        Acting now = acting;
        if (now.isNone()) {
            return served.module();
        }
        if (now.generation() != served.generation() || now.anyOver(ticker.getAsLong())) {
            now = settle();
        }
        if (now.generation() != served.generation()) { // a call under way while versions changed
            now = before;
        }
        boolean meant = now.generation() == served.generation() && now.module().isPresent();
        return meant ? now.module().get() : served.module();
    }

    /** Returns those that are on, the oldest first. */
    public List<Active> active() {
        long now = ticker.getAsLong();
        return settle().mitigations().stream().map(m -> new Active(m, m.remaining(now))).toList();
    }

    /** Returns whether they are those of what a slot serves. */
    boolean isOf(ServedSlot other) {
        return slot == other;
    }

    /** Returns what became of the requests since the first of what serves now was switched on. */
    public MitigationCounts counts() {
        return counts;
    }

    /**
     * Switches one on, in place of one of the same concept. Returns when the next request is
     * answered through it; the projection has then been run and compiled.
     *
     * @throws AuditException {@code NOT_FOUND} for a concept that is not audited, {@code
     *     FAILED_PRECONDITION} if the model cannot be projected at its layer
     */
    public Active start(MitigationOrder order) {
        synchronized (changes) { // requests do not wait for the warm-up
            Served served = slot.acquire();
            try {
                requireOpen();
                countFor(served.digest());
                Mitigation started = mitigation(order, removal(served, order.concept()));
                try (MitigatedModule trial = module(served, with(started))) {
                    warm(served, trial);
                }
                begin(started);
                return new Active(started, order.duration());
            } finally {
                served.release();
            }
        }
    }

    private static void warm(Served served, MitigatedModule trial) {
        try {
            trial.warmUp();
        } catch (RuntimeException | LinkageError e) {
            throw new AuditException(
                    ErrorCode.FAILED_PRECONDITION,
                    "layer: " + served.layer() + ": cannot be projected: " + e.getMessage(),
                    e);
        }
    }

    /** The version may have changed since the trial. */
    private synchronized void begin(Mitigation started) {
        requireOpen();
        settle();
        Served served = slot.acquire();
        try {
            exchange(acting(served, with(started)));
        } finally {
            served.release();
        }
        LOG.info(
                "{}: mitigation {} of {} on until {}, asked for by {}",
                served.id(),
                started.id(),
                started.order().concept(),
                started.ends(),
                started.order().by());
    }

    /** Returns those that are on and one more, in place of one of its concept. */
    private List<Mitigation> with(Mitigation started) {
        List<Mitigation> next = new ArrayList<>(settle().mitigations());
        next.removeIf(m -> m.order().concept().equals(started.order().concept()));
        next.add(started);
        if (next.size() > MOST) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION,
                    "mitigations",
                    next.size(),
                    "at most " + MOST + " at a time");
        }
        return next;
    }

    private void countFor(Digest digest) {
        if (!digest.equals(counted)) {
            counted = digest;
            counts = new MitigationCounts();
        }
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw new AuditException(ErrorCode.FAILED_PRECONDITION, "model: is being unloaded");
        }
    }

    /**
     * Switches one off.
     *
     * @throws AuditException {@code NOT_FOUND} if it is not on
     */
    public synchronized void stop(String id) {
        if (settle().mitigations().stream().noneMatch(m -> m.id().equals(id))) {
            throw AuditException.of(ErrorCode.NOT_FOUND, "mitigation", id, "one that is on");
        }
        keep(m -> !m.id().equals(id), "switched off");
    }

    /** Switches all off; returns how many were on. */
    public synchronized int stopAll() {
        int were = settle().mitigations().size();
        keep(m -> false, "switched off");
        return were;
    }

    /** Ends all; the model answers plainly from then on. */
    @Override
    public synchronized void close() {
        closed = true;
        keep(m -> false, "the model is unloaded");
    }

    private synchronized Acting settle() {
        Acting now = acting;
        if (now.isNone()) {
            return now;
        }
        Served served = slot.current();
        long nanos = ticker.getAsLong();
        if (!now.digest().equals(Optional.of(served.digest()))) {
            keep(m -> false, served.id().version() + " serves");
        } else if (now.anyOver(nanos)) {
            keep(m -> !m.over(nanos), "its time is over");
        } else if (served.generation() != now.generation()) {
            keep(m -> served.concepts().contains(m.order().concept()), "its concept has gone");
        }
        return acting;
    }

    /** Acts with those that pass from now on, along the CAVs of what serves now. */
    private void keep(Predicate<Mitigation> passes, String otherwise) {
        List<Mitigation> kept = new ArrayList<>();
        for (Mitigation mitigation : acting.mitigations()) {
            if (passes.test(mitigation)) {
                kept.add(mitigation);
            } else {
                ended(mitigation, otherwise);
            }
        }
        if (kept.isEmpty()) {
            exchange(Acting.NONE);
            return;
        }
        Served served = slot.acquire();
        try {
            exchange(acting(served, kept));
        } catch (RuntimeException e) { // new CAVs may be too close to each other
            kept.forEach(m -> ended(m, String.valueOf(e.getMessage())));
            exchange(Acting.NONE);
        } finally {
            served.release();
        }
    }

    private void ended(Mitigation mitigation, String reason) {
        LOG.info(
                "{}: mitigation {} of {} ended: {}",
                slot.current().id(),
                mitigation.id(),
                mitigation.order().concept(),
                reason);
    }

    /** Calls under way on the generation before go on with what acted for it. */
    private void exchange(Acting next) {
        Acting last = acting;
        before.close();
        before = next.isNone() || last.generation() == next.generation() ? Acting.NONE : last;
        acting = next;
        if (before.isNone()) {
            last.close();
        }
        show(next);
    }

    private void show(Acting now) {
        if (now.isNone()) {
            return;
        }
        ServedId id = slot.current().id();
        meters.mitigated(id, counts);
        for (Mitigation mitigation : now.mitigations()) {
            ConceptId concept = mitigation.order().concept();
            meters.mitigation(id, concept, () -> isOn(concept));
        }
    }

    private boolean isOn(ConceptId concept) {
        return settle().mitigations().stream().anyMatch(m -> m.order().concept().equals(concept));
    }

    private Acting acting(Served served, List<Mitigation> mitigations) {
        List<Mitigation> aimed =
                mitigations.stream()
                        .map(
                                m ->
                                        m.aimingAt(
                                                level(
                                                        m.order(),
                                                        removal(served, m.order().concept()))))
                        .toList();
        return new Acting(
                served.generation(),
                Optional.of(served.digest()),
                aimed,
                Optional.of(module(served, aimed)));
    }

    private MitigatedModule module(Served served, List<Mitigation> mitigations) {
        List<Projection.Move> moves = new ArrayList<>();
        for (Mitigation mitigation : mitigations) {
            MitigationOrder order = mitigation.order();
            Intervention removal = removal(served, order.concept());
            moves.add(
                    new Projection.Move(
                            removal.direction(),
                            level(order, removal),
                            order.strength(),
                            removal.maximum()));
        }
        ServedModule projected = served.module().projected(new Projection(moves));
        return new MitigatedModule(served.module(), projected, counts, failures, served.id());
    }

    private static double level(MitigationOrder order, Intervention removal) {
        return order.level().orElse(removal.level());
    }

    private Mitigation mitigation(MitigationOrder order, Intervention removal) {
        Instant now = clock.instant();
        return new Mitigation(
                "mitigation-" + NUMBERS.incrementAndGet(),
                order,
                level(order, removal),
                now,
                now.plus(order.duration()),
                ticker.getAsLong() + order.duration().toNanos());
    }

    private static Intervention removal(Served served, ConceptId concept) {
        int index = served.concepts().indexOf(concept);
        List<Intervention> removals = served.module().removals();
        if (index < 0 || index >= removals.size()) {
            throw AuditException.of(
                    ErrorCode.NOT_FOUND,
                    "concept",
                    concept,
                    "one of "
                            + String.join(
                                    ", ",
                                    served.concepts().stream().map(ConceptId::value).toList()));
        }
        return removals.get(index);
    }

    /**
     * One that is on, and the time it has left. Immutable.
     *
     * @param remaining not negative
     */
    public record Active(Mitigation mitigation, Duration remaining) {}
}
