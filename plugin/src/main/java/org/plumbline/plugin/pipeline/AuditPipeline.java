package org.plumbline.plugin.pipeline;

import org.plumbline.core.window.ConceptSnapshot;
import org.plumbline.core.window.EffectSnapshot;
import org.plumbline.plugin.intercept.AuditQueue;
import org.plumbline.plugin.intercept.AuditTask;
import org.plumbline.plugin.intercept.ServedId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * The audit thread: runs the waiting backward passes, fills windows with what they read and
 * publishes their numbers. Thread-safe; the windows themselves are confined to that thread.
 */
public final class AuditPipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditPipeline.class);
    private static final long IDLE_NANOS = Duration.ofMillis(10).toNanos();
    private static final int BLOCK = 256;
    private static final long CLOSE_MILLIS = 10_000;

    private final AuditQueue queue;
    private final Map<ServedId, WindowLimits> versions = new ConcurrentHashMap<>();
    private final Windows windows;
    private final Thread thread;
    private volatile Map<SeriesKey, ConceptSnapshot> published = Map.of();
    private volatile Map<SeriesKey, EffectSnapshot> effects = Map.of();
    private volatile Map<SeriesKey, SeriesEvidence> evidence = Map.of();
    private volatile Map<ConceptKey, PrevalenceEvidence> prevalences = Map.of();
    private volatile boolean closing;
    private Map<ServedId, WindowLimits> known = Map.of(); // as the windows are; of the thread

    private AuditPipeline(AuditQueue queue, AuditObserver observer) {
        this.queue = queue;
        windows = new Windows(observer);
        thread = new Thread(this::run, "plumbline-audit");
        thread.setDaemon(true);
    }

    /** Starts the audit thread. */
    public static AuditPipeline start(AuditQueue queue, AuditObserver observer) {
        AuditPipeline pipeline = new AuditPipeline(queue, observer);
        pipeline.thread.start();
        return pipeline;
    }

    /** Accepts events of a version from now on. */
    public void admit(ServedId id, WindowLimits limits) {
        versions.put(id, limits);
    }

    /** Forgets a version and, soon after, its series. */
    public void forget(ServedId id) {
        versions.remove(id);
    }

    /** Returns the latest numbers; an immutable snapshot. */
    public Map<SeriesKey, ConceptSnapshot> snapshots() {
        return published;
    }

    /** Returns what removing concepts did; an immutable snapshot. */
    public Map<SeriesKey, EffectSnapshot> effects() {
        return effects;
    }

    /** Returns what the tests say of the series that are tested; an immutable snapshot. */
    public Map<SeriesKey, SeriesEvidence> evidence() {
        return evidence;
    }

    /** Returns how many inputs carry each concept; an immutable snapshot. */
    public Map<ConceptKey, PrevalenceEvidence> prevalences() {
        return prevalences;
    }

    /** Lets the thread empty the queue, then ends it. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (true) {
            boolean last = closing;
            boolean worked = false;
            try {
                worked = step();
            } catch (RuntimeException e) {
                LOG.error("audit thread: event lost", e);
            }
            if (last && !worked) {
                return;
            }
            if (!worked) {
                LockSupport.parkNanos(IDLE_NANOS);
            }
        }
    }

    /** Empties up to a block of events and publishes once; false if nothing changed. */
    private boolean step() {
        boolean changed = follow();
        for (int i = 0; i < BLOCK; i++) {
            Optional<AuditTask> task = queue.poll();
            if (task.isEmpty()) {
                break;
            }
            changed = true;
            follow();
            try (AuditTask waiting = task.get()) {
                Optional.ofNullable(known.get(waiting.id()))
                        .filter(limits -> limits.generation() == waiting.generation())
                        .ifPresent(limits -> waiting.run().ifPresent(e -> windows.add(e, limits)));
            }
        }
        if (changed) {
            evidence = windows.evidence();
            prevalences = windows.prevalences();
            effects = windows.effects();
            published = windows.snapshots(); // last: who sees a sample there finds it in all
        }
        return changed;
    }

    /** Lets windows follow a change before the first event after it counts. */
    private boolean follow() {
        if (known.equals(versions)) {
            return false;
        }
        known = Map.copyOf(versions);
        return windows.retain(known);
    }
}
