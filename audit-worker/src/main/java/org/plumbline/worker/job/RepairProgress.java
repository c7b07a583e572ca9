package org.plumbline.worker.job;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * How far a repair is. Immutable.
 *
 * @param phase {@code prepare}, {@code activations}, {@code train}, {@code evaluate} or {@code
 *     write}
 * @param epoch from 1; 0 outside training
 * @param steps of the whole training; 0 while unknown
 * @param metrics loss terms of the last step by name
 * @param etaSeconds to the end of training
 */
public record RepairProgress(
        String phase,
        int epoch,
        int epochs,
        long step,
        long steps,
        Map<String, Double> metrics,
        OptionalDouble etaSeconds) {
    /** Copies the metrics. */
    public RepairProgress {
        metrics = Map.copyOf(metrics);
    }

    /** Returns the start of a phase. */
    public static RepairProgress phase(String phase) {
        return new RepairProgress(phase, 0, 0, 0, 0, Map.of(), OptionalDouble.empty());
    }
}
