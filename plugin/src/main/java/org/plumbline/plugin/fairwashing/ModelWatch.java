package org.plumbline.plugin.fairwashing;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.plugin.config.FairwashingSpec;
import org.plumbline.plugin.fairwashing.HonestChoice.Calibrated;
import org.plumbline.plugin.intercept.InputWatch;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.metrics.AuditMeters;
import org.plumbline.plugin.metrics.WatchPhase;
import org.plumbline.plugin.metrics.WindowOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.InstantSource;
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
    private static final long PAUSE = Duration.ofSeconds(10).toNanos();

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
    private volatile @Nullable WatchedVersion version;
    private volatile boolean closed;
    // of the thread
    private Optional<WatchFiles> files = Optional.empty();
    private @Nullable WindowExamination examination;
    private int failures;
    private long round;

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
        Optional<VersionRecord> found = Optional.ofNullable(version).map(WatchedVersion::found);
        return new WatchState(
                phase,
                reason.isEmpty() && open != null ? open.starved().orElse("") : reason,
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
        return Optional.ofNullable(version).flatMap(v -> v.picture(method));
    }

    boolean isOf(ServedSlot slot) {
        return watched.slot() == slot;
    }

    /**
     * Does what is due. Whatever fails is told by {@link #state}.
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
        } catch (RuntimeException | Error e) {
            failed(e);
            return phase == WatchPhase.STOPPED ? PAUSE : IDLE;
        }
    }

    private long due() {
        WatchedVersion now = follow();
        if (phase == WatchPhase.STARTING) {
            start(now);
        }
        InputWindow open = window;
        if (open == null) {
            return IDLE;
        }
        if (examination == null && !open.full()) {
            open.starved().ifPresent(why -> beginAnew(now, why));
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
            if (phase != WatchPhase.EXAMINING || !now.serves(watched.slot().current())) {
                return 0;
            }
        }
        return Math.min(pace.delay(), LONGEST);
    }

    /** Turns to the version that serves; what was begun with another one ends. */
    private WatchedVersion follow() {
        Served serves = watched.slot().current();
        WatchedVersion before = version;
        if (before != null && before.serves(serves)) {
            return before;
        }
        boolean begun = examination != null;
        release();
        if (spec.examples() == 0) {
            results.removePictures();
        }
        WatchedVersion next = WatchedVersion.of(serves, spec.hysteresis(), results, () -> phase);
        if (begun) {
            next.found().count(WindowOutcome.ABORTED);
            LOG.info("{}: the window of the version before is given up", serves.id());
        }
        if (before != null) {
            meters.forgetFairwashing(before.id());
        }
        version = next;
        failures = 0;
        if (phase != WatchPhase.MISCONFIGURED) {
            phase = WatchPhase.STARTING;
            reason = "";
        }
        show(next);
        return next;
    }

    private void start(WatchedVersion now) {
        try {
            files = Optional.of(files.orElseGet(() -> WatchFiles.read(spec)));
        } catch (RuntimeException | Error e) {
            phase = WatchPhase.MISCONFIGURED;
            reason = "fairwashing: " + told(e);
            LOG.warn("{}: explanations are not watched: {}", now.id(), reason);
            return;
        }
        collect(now);
    }

    private void collect(WatchedVersion now) {
        progress = 0;
        long seed = (now.digest().hex().hashCode() + round++) << 32;
        window = new InputWindow(now.digest(), spec, KEPT_MAPS, seed, shape());
        phase = WatchPhase.COLLECTING;
    }

    private Optional<Shape> shape() {
        return files.flatMap(WatchFiles::shape);
    }

    /** Inputs of another shape make a window of their own, unless the clean ones have the first. */
    private void beginAnew(WatchedVersion now, String why) {
        if (shape().isEmpty()) {
            LOG.info("{}: a window is given up: {}", now.id(), why);
            now.found().count(WindowOutcome.ABORTED);
            collect(now);
            reason = "a window was given up: " + why;
        }
    }

    private void step(WatchedVersion now, InputWindow full) {
        WindowExamination under = examination;
        if (under == null) {
            phase = WatchPhase.EXAMINING;
            Optional<Calibrated> twins = files.flatMap(WatchFiles::twins);
            examination = new WindowExamination(watched, spec, now.digest(), twins, full.inputs());
        } else if (under.step()) {
            progress = under.progress();
        } else {
            judge(now, full, under);
        }
    }

    private void judge(WatchedVersion now, InputWindow full, WindowExamination done) {
        boolean tested =
                now.judge(full, done, new ExaminedWindow.Kept(clock.instant(), spec.examples()));
        reason = tested ? "" : "too few inputs had usable maps";
        failures = 0;
        show(now);
        release();
        collect(now);
    }

    /** Stopped first, as what follows may fail too; an error of the machine would come again. */
    private void failed(Throwable cause) {
        phase = WatchPhase.STOPPED;
        release();
        failures += cause instanceof Error ? MOST_FAILURES : 1;
        reason = cause.getClass().getSimpleName();
        reason = told(cause);
        WatchedVersion now = version;
        Object id = now == null ? "a watch that begins" : now.id();
        Throwable trace = cause instanceof AuditException ? null : cause;
        LOG.warn("{}: explanations were not examined: {}", id, reason, trace);
        if (now != null) {
            now.found().count(WindowOutcome.FAILED);
            if (failures < MOST_FAILURES) {
                collect(now);
            }
        }
    }

    private static String told(Throwable cause) {
        return cause instanceof AuditException ? "" + cause.getMessage() : cause.toString();
    }

    private void release() {
        WindowExamination under = examination;
        examination = null;
        window = null;
        if (under == null) {
            return;
        }
        try {
            under.close();
        } catch (RuntimeException | Error e) {
            LOG.warn("what was loaded for an examination may stay in memory", e);
        }
    }

    private synchronized void show(WatchedVersion now) {
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
