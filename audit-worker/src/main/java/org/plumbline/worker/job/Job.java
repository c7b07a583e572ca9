package org.plumbline.worker.job;

import org.plumbline.worker.delivery.Delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A correction with its fate. Immutable.
 *
 * @param id sorts by creation
 * @param requestId chosen by the caller
 * @param attempt attempts started so far
 * @param deliveries latest word by server
 */
public record Job(
        String id,
        String requestId,
        JobSpec spec,
        JobState state,
        Instant createTime,
        Instant updateTime,
        int attempt,
        List<Delivery> deliveries) {
    /** Copies the deliveries. */
    public Job {
        deliveries = List.copyOf(deliveries);
    }

    /** Returns the job in another state. */
    public Job in(JobState next, Instant now) {
        return new Job(id, requestId, spec, next, createTime, now, attempt, deliveries);
    }

    /** Returns the job at the start of its next attempt. */
    Job started(Instant now) {
        JobState running =
                new JobState.Running(
                        RepairProgress.phase("prepare"), java.util.Optional.empty(), List.of());
        return new Job(id, requestId, spec, running, createTime, now, attempt + 1, deliveries);
    }

    /** Returns the job with a server's latest word in place of its earlier ones. */
    public Job with(Delivery delivery, Instant now) {
        List<Delivery> all = new ArrayList<>(deliveries);
        all.removeIf(d -> d.serverId().equals(delivery.serverId()));
        all.add(delivery);
        return new Job(id, requestId, spec, state, createTime, now, attempt, all);
    }
}
