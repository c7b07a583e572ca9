package org.plumbline.worker.job;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/** Every job as it is now, with those who watch. Thread-safe. */
public final class JobBoard {
    private final JobStore store;
    private final InstantSource clock;
    private final TreeMap<String, Job> jobs = new TreeMap<>();
    private final Map<String, String> byRequest = new HashMap<>();
    private final Map<String, List<JobListener>> watchers = new HashMap<>();
    private final List<JobListener> listeners = new ArrayList<>();
    private long lastMillis;

    /** Makes a board of all jobs in a store. */
    public JobBoard(JobStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        for (Job job : store.loadAll()) {
            jobs.put(job.id(), job);
            byRequest.put(job.requestId(), job.id());
        }
    }

    /** Adds a listener to all jobs and tells it every job there is. */
    public synchronized void listen(JobListener listener) {
        jobs.values().forEach(listener::onChange);
        listeners.add(listener);
    }

    /**
     * Returns the job of a request, if the request was made before.
     *
     * @throws AuditException {@code ALREADY_EXISTS} if it asked for something else
     */
    public synchronized Optional<Job> known(String requestId, JobSpec spec) {
        Optional<Job> known = Optional.ofNullable(byRequest.get(requestId)).flatMap(this::find);
        if (known.filter(job -> !job.spec().equals(spec)).isPresent()) {
            throw AuditException.of(
                    ErrorCode.ALREADY_EXISTS,
                    "request_id",
                    requestId,
                    "an id not used with other contents");
        }
        return known;
    }

    /** Returns a queued job that is not kept. */
    public synchronized Job draft(String requestId, JobSpec spec) {
        lastMillis = Math.max(lastMillis + 1, clock.millis());
        String id =
                String.format(
                        java.util.Locale.ROOT,
                        "%012x-%08x",
                        lastMillis,
                        ThreadLocalRandom.current().nextInt());
        return new Job(
                id,
                requestId,
                spec,
                new JobState.Queued(),
                clock.instant(),
                clock.instant(),
                0,
                List.of());
    }

    /** Keeps a new job. */
    public synchronized void add(Job job) {
        store.save(job);
        jobs.put(job.id(), job);
        byRequest.put(job.requestId(), job.id());
        tell(job);
    }

    /** Returns a job. */
    public synchronized Optional<Job> find(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    /**
     * Returns a job that must exist.
     *
     * @throws AuditException {@code NOT_FOUND}
     */
    public Job require(String id) {
        return find(id).orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.NOT_FOUND,
                                        "name",
                                        "corrections/" + id,
                                        "a correction of this worker"));
    }

    /** Returns all jobs, newest first. */
    public synchronized List<Job> newestFirst() {
        return List.copyOf(jobs.descendingMap().values());
    }

    /** Changes a job and writes it; a finished one keeps its state. */
    public Job change(String id, UnaryOperator<Job> step) {
        return change(id, step, true);
    }

    /** Changes what only matters while the process lives, such as progress. */
    public Job touch(String id, UnaryOperator<Job> step) {
        return change(id, step, false);
    }

    /**
     * Tells a watcher the job as it is and every change from then on.
     *
     * @return ends the watch
     */
    public synchronized Runnable watch(String id, JobListener watcher) {
        watcher.onChange(require(id));
        watchers.computeIfAbsent(id, k -> new ArrayList<>()).add(watcher);
        return () -> unwatch(id, watcher);
    }

    private synchronized void unwatch(String id, JobListener watcher) {
        List<JobListener> all = watchers.get(id);
        if (all != null && all.remove(watcher) && all.isEmpty()) {
            watchers.remove(id);
        }
    }

    private synchronized Job change(String id, UnaryOperator<Job> step, boolean keep) {
        Job before = require(id);
        Job after = step.apply(before);
        if (before.state().terminal() && !after.state().equals(before.state())) {
            return before;
        }
        if (keep) {
            store.save(after);
        }
        jobs.put(id, after);
        tell(after);
        return after;
    }

    private void tell(Job job) {
        List.copyOf(listeners).forEach(l -> l.onChange(job));
        List.copyOf(watchers.getOrDefault(job.id(), List.of())).forEach(w -> w.onChange(job));
    }
}
