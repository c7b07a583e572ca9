package org.plumbline.plugin.fairwashing;

import org.plumbline.plugin.config.FairwashingSpec;
import org.plumbline.plugin.intercept.InputWatch;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.metrics.AuditMeters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The watches of all models, which take turns on one thread of low priority: together they never
 * take more than one core. Thread-safe.
 */
public final class Watches implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watches.class);
    private static final long CLOSE_SECONDS = 10;
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

    private final AuditMeters meters;
    private final InstantSource clock;
    private final Map<ModelKey, ModelWatch> models = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor thread;

    /** Starts the thread. */
    @SuppressWarnings("ThreadPriorityCheck") // a hint where the system heeds it; the pace bounds it
    public Watches(AuditMeters meters, InstantSource clock) {
        this.meters = meters;
        this.clock = clock;
        thread =
                new ScheduledThreadPoolExecutor(
                        1,
                        task -> {
                            Thread made = new Thread(task, "plumbline-fairwashing");
                            made.setDaemon(true);
                            made.setPriority(Thread.MIN_PRIORITY);
                            return made;
                        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Watches a model from now on; the watch of one under its key ends. */
    public InputWatch open(ModelKey key, FairwashingSpec spec, WatchedModel watched) {
        ModelWatch fresh = new ModelWatch(watched, spec, meters, clock);
        Optional.ofNullable(models.put(key, fresh)).ifPresent(Watches::end);
        turn(fresh, 0);
        return fresh;
    }

    /** Returns the watch of a model. */
    public Optional<ModelWatch> of(ModelKey key) {
        return Optional.ofNullable(models.get(key));
    }

    /** Ends the watch of what a slot serves. */
    public void close(ModelKey key, ServedSlot slot) {
        models.computeIfPresent(
                key,
                (k, known) -> {
                    if (!known.isOf(slot)) {
                        return known; // another model under its key
                    }
                    end(known);
                    turn(known, 0); // frees what is loaded
                    return null;
                });
    }

    private static void end(ModelWatch watch) {
        try {
            watch.close();
        } catch (RuntimeException | Error e) {
            LOG.warn("a watch over explanations did not end as it should", e);
        }
    }

    /** A watch that cannot even note its failure is asked again. */
    private static long turn(ModelWatch watch) {
        try {
            return watch.turn();
        } catch (RuntimeException | Error e) {
            LOG.warn("a watch over explanations could not note why it failed", e);
            return PAUSE;
        }
    }

    private void turn(ModelWatch watch, long delayNanos) {
        try {
            ScheduledFuture<?> unused =
                    thread.schedule(
                            () -> {
                                long next = turn(watch);
                                if (next >= 0) {
                                    turn(watch, next);
                                }
                            },
                            delayNanos,
                            TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closing");
        }
    }

    /** Ends all watches and the thread, after the step under way. */
    @Override
    public void close() {
        List<ModelWatch> all = List.copyOf(models.values());
        models.clear();
        all.forEach(Watches::end);
        try {
            thread.submit(() -> all.forEach(Watches::turn)).get(CLOSE_SECONDS, TimeUnit.SECONDS);
            thread.shutdown();
            thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.warn("a step of an examination is cut off: {}", e.toString());
        } finally {
            thread.shutdownNow();
        }
    }
}
