package org.plumbline.plugin.fairwashing;

import ai.djl.ndarray.NDList;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.fairwashing.VerdictLatch;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.plugin.config.FairwashingSpec;
import org.plumbline.plugin.fairwashing.HonestChoice.Calibrated;
import org.plumbline.plugin.fairwashing.ResultFolder.Kept;
import org.plumbline.plugin.fairwashing.WindowExamination.Findings;
import org.plumbline.plugin.intercept.InputWatch;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.metrics.AuditMeters;
import org.plumbline.plugin.metrics.WindowOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The watch over one model: collects a window of inputs, examines it step by step as its budget
 * allows, judges, and begins anew. Another version ends what was begun. {@link #turn} is confined
 * to one thread, all else thread-safe.
 */
public final class ModelWatch implements InputWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ModelWatch.class);
    private static final int MOST_FAILURES = 3;
    private static final int KEPT_MAPS = 6 * ExplanationMethod.values().length;
    private static final long SLICE = Duration.ofMillis(50).toNanos();
    private static final long IDLE = Duration.ofMillis(100).toNanos();
    private static final long LONGEST = Duration.ofMillis(250).toNanos();

    private final WatchedModel watched;
    private final FairwashingSpec spec;
    private final AuditMeters meters;
    private final InstantSource clock;
    private final ResultFolder results;
    private final Pace pace;
    private final CoreTime time = new CoreTime();
    private volatile WatchPhase phase = WatchPhase.STARTING;
    private volatile String reason = "";
    private volatile @Nullable InputWindow window;
    private volatile double progress;
    private volatile @Nullable Version version;
    private volatile boolean closed;
    // of the thread
    private Optional<Calibrated> twins = Optional.empty();
    private Optional<long[]> shape = Optional.empty();
    private @Nullable WindowExamination examination;
    private int failures;
    private long round;

    /** What is known of the version that serves. */
    private record Version(ServedId id, Digest digest, VersionRecord found, VerdictLatch latch) {}

    ModelWatch(
            WatchedModel watched, FairwashingSpec spec, AuditMeters meters, InstantSource clock) {
        this.watched = watched;
        this.spec = spec;
        this.meters = meters;
        this.clock = clock;
        results = new ResultFolder(watched.results());
        pace = new Pace(spec.budget(), System::nanoTime);
    }

    @Override
    public void see(Served served, NDList inputs) {
        InputWindow open = window;
        if (open != null && open.version().equals(served.digest())) {
            open.offer(inputs, clock.instant());
        }
    }

    /** Returns what it is doing and what it found. */
    public WatchState state() {
        InputWindow open = window;
        Optional<VersionRecord> found = Optional.ofNullable(version).map(Version::found);
        return new WatchState(
                phase,
                reason,
                open == null ? 0 : open.size(),
                open == null ? spec.window() : open.capacity(),
                open == null ? 0 : open.unfit(),
                progress,
                found.flatMap(VersionRecord::suspect),
                found.flatMap(VersionRecord::last),
                found.map(VersionRecord::windows).orElse(Map.of()),
                found.map(VersionRecord::seconds).orElse(0.0),
                spec.budget());
    }

    /** Returns the picture of a method's loudest examples in the last window, PNG. */
    public Optional<byte[]> picture(ExplanationMethod method) {
        return Optional.ofNullable(version).flatMap(v -> results.read(v.digest(), method));
    }

    boolean isOf(ServedSlot slot) {
        return watched.slot() == slot;
    }

    /**
     * Does what is due.
     *
     * @return nanoseconds until it wants to be called again; negative: never
     */
    long turn() {
        if (closed) {
            release();
            return -1;
        }
        try {
            return due();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            failed(e);
            return IDLE;
        }
    }

    private long due() {
        Version now = follow();
        if (phase == WatchPhase.STARTING) {
            start(now);
        }
        InputWindow open = window;
        if (open == null || (examination == null && !open.full())) {
            return IDLE;
        }
        long end = System.nanoTime() + SLICE;
        while (pace.delay() == 0 && System.nanoTime() - end < 0) {
            pace.begin();
            time.begin();
            try {
                step(now, open);
            } finally {
                long nanos = time.spent();
                pace.spent(nanos);
                now.found().spent(nanos);
            }
            if (phase != WatchPhase.EXAMINING || !serves(now)) {
                return 0;
            }
        }
        return Math.min(pace.delay(), LONGEST);
    }

    private boolean serves(Version now) {
        return watched.slot().current().digest().equals(now.digest());
    }

    /** Turns to the version that serves; what was begun with another one ends. */
    private Version follow() {
        Served serves = watched.slot().current();
        Version before = version;
        if (before != null && serves(before)) {
            return before;
        }
        boolean begun = examination != null;
        release();
        Optional<Kept> kept = results.read(serves.digest());
        VerdictLatch.State state = kept.map(Kept::latch).orElse(new VerdictLatch.State(false, 0));
        Version next =
                new Version(
                        serves.id(),
                        serves.digest(),
                        new VersionRecord(kept),
                        spec.hysteresis().latch(state));
        if (begun) {
            next.found().count(WindowOutcome.ABORTED);
            LOG.info("{}: the window of the version before is given up", serves.id());
        }
        if (before != null) {
            meters.forgetFairwashing(before.id());
        }
        version = next;
        failures = 0;
        show(next);
        if (before != null && phase != WatchPhase.MISCONFIGURED) {
            collect(next.digest());
        }
        return next;
    }

    private void start(Version now) {
        try {
            twins = spec.nullFile().map(ModelWatch::read);
            shape = Laboratory.shape(spec.tangent());
            spec.reference().file().ifPresent(ModelWatch::requireArchive);
        } catch (RuntimeException e) {
            phase = WatchPhase.MISCONFIGURED;
            reason = "fairwashing: " + e.getMessage();
            LOG.warn("{}: explanations are not watched: {}", now.id(), reason);
            return;
        }
        collect(now.digest());
    }

    private static Calibrated read(Path file) {
        return new Calibrated("" + file.getFileName(), NullFile.read(file));
    }

    private static void requireArchive(Path file) {
        try (Archive archive = Archive.open(file)) {
            LOG.debug("reference {} checked", archive.digest());
        } catch (IOException | AuditException e) {
            throw new AuditException(
                    ErrorCode.BAD_ARCHIVE, "reference: " + file + ": " + e.getMessage(), e);
        }
    }

    private void collect(Digest of) {
        progress = 0;
        long seed = Long.parseUnsignedLong(of.hex().substring(0, 16), 16) + (round++ << 32);
        window = new InputWindow(of, spec, KEPT_MAPS, seed, shape);
        phase = WatchPhase.COLLECTING;
    }

    private void step(Version now, InputWindow full) {
        WindowExamination under = examination;
        if (under == null) {
            phase = WatchPhase.EXAMINING;
            examination = new WindowExamination(watched, spec, now.digest(), twins, full.inputs());
        } else if (under.step()) {
            progress = under.progress();
        } else {
            judge(now, full, under);
        }
    }

    private void judge(Version now, InputWindow full, WindowExamination done) {
        Findings findings = done.findings();
        Map<ExplanationMethod, byte[]> pictures = draw(now.id(), findings);
        failures = 0;
        if (findings.verdict().tested().isEmpty()) {
            reason = "too few inputs had usable maps";
            now.found().count(WindowOutcome.UNTESTED);
        } else {
            reason = "";
            boolean changed = now.latch().update(findings.verdict());
            ExaminedWindow last =
                    ExaminedWindow.of(
                            full,
                            findings,
                            done.leftOut(),
                            new ArrayList<>(pictures.keySet()),
                            new ExaminedWindow.Kept(clock.instant(), spec.examples()));
            Kept kept = new Kept(now.latch().state(), last);
            results.write(now.digest(), kept, pictures);
            now.found().keep(kept);
            now.found()
                    .count(last.verdict().suspect() ? WindowOutcome.SUSPECT : WindowOutcome.CLEAN);
            tell(now, last, changed);
            show(now);
        }
        release();
        collect(now.digest());
    }

    private static void tell(Version now, ExaminedWindow last, boolean changed) {
        List<String> spoke = last.verdict().spoke().stream().map(t -> t.signal().label()).toList();
        if (changed && now.latch().suspect()) {
            LOG.warn("{}: explanations look manipulated: {}", now.id(), spoke);
        } else if (changed) {
            LOG.info("{}: explanations look honest again", now.id());
        } else {
            LOG.debug("{}: window {}: {}", now.id(), last.verdict().label(), spoke);
        }
    }

    private Map<ExplanationMethod, byte[]> draw(ServedId id, Findings findings) {
        try {
            return new ExamplePictures(id, spec.examples()).draw(findings);
        } catch (RuntimeException e) {
            LOG.warn("{}: examples are not drawn: {}", id, e.toString());
            return Map.of();
        }
    }

    private void failed(Throwable cause) {
        release();
        Version now = version;
        if (now == null) { // nothing serves any more
            return;
        }
        now.found().count(WindowOutcome.FAILED);
        failures++;
        reason = String.valueOf(cause.getMessage());
        boolean known = cause instanceof AuditException;
        LOG.warn("{}: explanations were not examined: {}", now.id(), reason, known ? null : cause);
        if (failures < MOST_FAILURES) {
            collect(now.digest());
        } else {
            window = null;
            phase = WatchPhase.STOPPED;
        }
    }

    private void release() {
        WindowExamination under = examination;
        examination = null;
        window = null;
        if (under != null) {
            under.close();
        }
    }

    private synchronized void show(Version now) {
        if (!closed) {
            meters.fairwashing(now.id(), now.found());
        }
    }

    /** Ends the watch; what is loaded is freed at the next turn. */
    synchronized void close() {
        closed = true;
        Optional.ofNullable(version).ifPresent(v -> meters.forgetFairwashing(v.id()));
    }
}
