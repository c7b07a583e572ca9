package org.plumbline.worker.job;

import org.plumbline.core.model.Digest;
import org.plumbline.worker.delivery.Fleet;
import org.plumbline.worker.delivery.Offer;

import java.util.Optional;

/** Hands accepted checkpoints to the fleet. Thread-safe. */
public final class Deliveries {
    private Deliveries() {}

    /** Publishes every checkpoint that was accepted before a restart, with what servers said. */
    public static void restore(JobBoard board, Fleet fleet) {
        board.newestFirst().forEach(job -> publish(job, fleet));
    }

    static void publish(Job job, Fleet fleet) {
        offer(job).ifPresent(offer -> fleet.publish(offer, job.deliveries()));
    }

    private static Optional<Offer> offer(Job job) {
        if (!(job.state() instanceof JobState.Succeeded) || !job.spec().enforceGate()) {
            return Optional.empty();
        }
        return job.state()
                .outcome()
                .map(RepairOutcome::checkpoint)
                .map(
                        checkpoint ->
                                new Offer(
                                        job.spec().modelName(),
                                        job.id(),
                                        new Digest(checkpoint.sha256()),
                                        checkpoint.sizeBytes(),
                                        job.spec().archive()));
    }
}
