package org.plumbline.worker.job;

import ai.djl.Device;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.dataset.DatasetStore;
import org.plumbline.worker.delivery.Fleet;
import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.store.ArchiveStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Runs jobs one at a time on one thread, in the order of creation. A job that was running when the
 * process died starts again as its next attempt. Thread-safe.
 */
public final class JobRunner implements AutoCloseable {
    /** Attempts a job gets before it counts as one that kills workers. */
    public static final int MOST_ATTEMPTS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final String STOP = "";
    private static final int LONGEST_ERROR = 1000;

    private final JobBoard board;
    private final Workplace workplace;
    private final int capacity;
    private final LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    private final Set<String> cancelled = ConcurrentHashMap.newKeySet();
    private final Thread thread = new Thread(this::work, "repair");
    private volatile boolean stopping;

    /**
     * What jobs work with. Immutable.
     *
     * @param redTeam attacks explanations; empty: the worker's owner does not allow it
     */
    public record Workplace(
            ArchiveStore archives,
            DatasetStore datasets,
            JobFiles files,
            Repair repair,
            Optional<Manipulation> redTeam,
            Supplier<Device> device,
            Fleet fleet,
            InstantSource clock) {}

    /**
     * Makes a runner that does not run yet.
     *
     * @param capacity jobs that may wait
     */
    public JobRunner(JobBoard board, Workplace workplace, int capacity) {
        this.board = board;
        this.workplace = workplace;
        this.capacity = capacity;
    }

    /** Queues what an earlier process left and starts the thread. */
    public void start() {
        List<Job> open =
                board.newestFirst().stream().filter(job -> !job.state().terminal()).toList();
        for (int i = open.size() - 1; i >= 0; i--) {
            queue.add(open.get(i).id());
        }
        thread.start();
    }

    /**
     * Creates a job, or returns the one the same request created.
     *
     * @throws AuditException {@code ALREADY_EXISTS} for a known request with other contents, {@code
     *     RESOURCE_EXHAUSTED} if too many wait, {@code UNAVAILABLE} while shutting down
     */
    public synchronized Job create(String requestId, JobSpec spec) {
        Optional<Job> known = board.known(requestId, spec);
        if (known.isPresent()) {
            return known.get();
        }
        if (stopping) {
            throw AuditException.of(
                    ErrorCode.UNAVAILABLE, "worker", "shutting down", "a running worker");
        }
        if (queue.size() >= capacity) {
            throw AuditException.of(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "queue",
                    queue.size() + " jobs waiting",
                    "fewer than " + capacity);
        }
        Job job = board.draft(requestId, spec);
        board.add(job);
        queue.add(job.id());
        return job;
    }

    /** Stops a job before its next step; a finished one stays as it is. */
    public Job cancel(String id) {
        if (!board.require(id).state().terminal()) {
            cancelled.add(id);
        }
        Job job =
                board.change(
                        id,
                        now ->
                                now.state() instanceof JobState.Queued
                                        ? now.in(
                                                new JobState.Cancelled(),
                                                workplace.clock().instant())
                                        : now);
        if (job.state().terminal()) {
            cancelled.remove(id);
            queue.remove(id);
        }
        return job;
    }

    /** Stops at the next step; a running job keeps its state and is resumed by the next process. */
    @Override
    public void close() {
        synchronized (this) {
            stopping = true;
        }
        queue.add(STOP); // no interrupt: it would break the file a job is writing
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        while (!stopping) {
            try {
                String id = queue.take();
                if (!id.equals(STOP)) {
                    MDC.put("job", id);
                    runOne(id);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                LOG.error("job left as it is, the next one starts", e);
            } finally {
                MDC.remove("job");
            }
        }
    }

    private void runOne(String id) {
        Job job = board.require(id);
        if (job.state().terminal()) {
            return;
        }
        if (job.attempt() >= MOST_ATTEMPTS) {
            settle(id, new JobState.Failed(lost(job)));
            return;
        }
        try {
            Job started = board.change(id, now -> now.started(workplace.clock().instant()));
            if (started.state().terminal()) {
                return;
            }
            LOG.info("attempt {} of {} on {}", started.attempt(), method(job), modelOf(job));
            JobState result = attempt(job);
            LOG.info("{}", result.label());
            Deliveries.publish(settle(id, result), workplace.fleet());
        } catch (AuditException e) {
            fail(id, e);
        } catch (RuntimeException e) {
            LOG.error("defect in a repair", e);
            settle(id, new JobState.Failed("internal: " + oneLine(e)));
        } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
            LOG.error("repair ran out of its means", e);
            settle(id, new JobState.Failed("worker: " + oneLine(e)));
        } finally {
            cancelled.remove(id);
            workplace.files().removeWorkFolder(id);
        }
    }

    private JobState attempt(Job job) {
        RepairTask task =
                new RepairTask(
                        job.spec().recipe(),
                        workplace.archives().archive(job.spec().archive()),
                        workplace.datasets().files(job.spec().dataset()),
                        workplace.files().checkpoint(job.id()),
                        workplace.files().workFolder(job.id()),
                        workplace.device().get(),
                        Optional.of(workplace.files().reports(job.id())),
                        Optional.of(workplace.files().training(job.id())));
        if (job.spec().recipe().method().equals(AttackRecipe.METHOD)) {
            return redTeam().run(task, new Reporter(job.id()));
        }
        RepairOutcome outcome = workplace.repair().run(task, new Reporter(job.id()));
        boolean accepted = outcome.gate().accepted() || !job.spec().enforceGate();
        return accepted ? new JobState.Succeeded(outcome) : new JobState.Rejected(outcome);
    }

    /** A job may have been accepted before the worker was told otherwise. */
    private Manipulation redTeam() {
        return workplace
                .redTeam()
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.FAILED_PRECONDITION,
                                        "method",
                                        AttackRecipe.METHOD,
                                        "a worker with red-team: true in worker.yaml"));
    }

    private void fail(String id, AuditException failure) {
        if (cancelled.contains(id)) {
            settle(id, new JobState.Cancelled());
            LOG.info("cancelled");
        } else if (stopping && failure.code() == ErrorCode.CANCELLED) {
            LOG.info("interrupted by shutdown; resumed at the next start");
        } else {
            LOG.warn("failed: {}", failure.getMessage());
            settle(id, new JobState.Failed(oneLine(failure)));
        }
    }

    /** With the disk full the end is still told, only not kept: the job runs again later. */
    private Job settle(String id, JobState state) {
        workplace.files().removeTraining(id);
        try {
            return board.change(id, job -> job.in(state, workplace.clock().instant()));
        } catch (AuditException e) {
            LOG.error("{} is not on disk; free some space", state.label(), e);
            return board.touch(id, job -> job.in(state, workplace.clock().instant()));
        }
    }

    private static String lost(Job job) {
        return "attempts: "
                + job.attempt()
                + " ended with the worker (expected: one of "
                + MOST_ATTEMPTS
                + " to finish)";
    }

    private static String oneLine(Throwable failure) {
        String message = failure.getMessage();
        String line =
                (message == null ? failure.getClass().getSimpleName() : message)
                        .replaceAll("\\s*[\\r\\n]+\\s*", " ");
        return line.substring(0, Math.min(line.length(), LONGEST_ERROR));
    }

    private static String method(Job job) {
        return job.spec().recipe().method();
    }

    private static String modelOf(Job job) {
        return job.spec().modelName();
    }

    /** Shows progress at most every 200 ms, phases always. Confined to the repair thread. */
    private final class Reporter implements RepairListener {
        private final String id;
        private @Nullable EvaluationReport before;
        private final List<String> warnings = new ArrayList<>();
        private String phase = "";
        private long shown;

        Reporter(String id) {
            this.id = id;
        }

        @Override
        public void onProgress(RepairProgress progress) {
            long now = System.nanoTime();
            if (progress.phase().equals(phase) && now - shown < PROGRESS_NANOS) {
                return;
            }
            phase = progress.phase();
            shown = now;
            show(progress);
        }

        @Override
        public void onBefore(EvaluationReport report) {
            before = report;
            show(RepairProgress.phase(phase));
        }

        @Override
        public void onWarning(String line) {
            warnings.add(line);
            show(RepairProgress.phase(phase));
        }

        @Override
        public boolean cancelled() {
            return stopping || cancelled.contains(id);
        }

        private void show(RepairProgress progress) {
            JobState state = new JobState.Running(progress, Optional.ofNullable(before), warnings);
            board.touch(id, job -> job.in(state, workplace.clock().instant()));
        }
    }
}
