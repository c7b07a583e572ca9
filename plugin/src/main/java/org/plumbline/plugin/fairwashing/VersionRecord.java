package org.plumbline.plugin.fairwashing;

import org.plumbline.core.fairwashing.FairwashingVerdict;
import org.plumbline.plugin.fairwashing.ResultFolder.Kept;
import org.plumbline.plugin.metrics.FairwashingNumbers;
import org.plumbline.plugin.metrics.WatchPhase;
import org.plumbline.plugin.metrics.WindowOutcome;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** What a watch has found of one version. Written by one thread, read by any. */
final class VersionRecord implements FairwashingNumbers {
    private static final double NANOS = 1e9;

    private final Map<WindowOutcome, AtomicLong> windows = new EnumMap<>(WindowOutcome.class);
    private final AtomicLong nanos = new AtomicLong();
    private final Supplier<WatchPhase> phase;
    private volatile Optional<Kept> kept;

    /** Goes on from what was kept. */
    VersionRecord(Optional<Kept> kept, Supplier<WatchPhase> phase) {
        this.kept = kept;
        this.phase = phase;
        for (WindowOutcome outcome : WindowOutcome.values()) {
            windows.put(outcome, new AtomicLong());
        }
    }

    void count(WindowOutcome outcome) {
        counter(outcome).incrementAndGet();
    }

    void spent(long more) {
        nanos.addAndGet(more);
    }

    void keep(Kept result) {
        kept = Optional.of(result);
    }

    Optional<ExaminedWindow> last() {
        return kept.map(Kept::last);
    }

    Map<WindowOutcome, Long> windows() {
        Map<WindowOutcome, Long> counts = new EnumMap<>(WindowOutcome.class);
        windows.forEach((outcome, count) -> counts.put(outcome, count.get()));
        return counts;
    }

    @Override
    public WatchPhase phase() {
        return phase.get();
    }

    @Override
    public Optional<FairwashingVerdict> verdict() {
        return last().map(ExaminedWindow::verdict);
    }

    @Override
    public Optional<Boolean> suspect() {
        return kept.map(k -> k.latch().suspect());
    }

    @Override
    public long windows(WindowOutcome outcome) {
        return counter(outcome).get();
    }

    private AtomicLong counter(WindowOutcome outcome) {
        return Objects.requireNonNull(windows.get(outcome));
    }

    @Override
    public double seconds() {
        return nanos.get() / NANOS;
    }
}
