package org.plumbline.plugin.repair;

import java.util.Map;

/**
 * What became of an offer. Immutable.
 *
 * @param id of the delivery
 * @param step how far it got
 * @param detail one line; why, when failed or rolled back
 * @param metrics numbers of the candidate on this server by name
 */
public record DeliveryReport(String id, Step step, String detail, Map<String, Double> metrics) {
    /** Copies the numbers. */
    public DeliveryReport {
        metrics = Map.copyOf(metrics);
    }

    /** How far a delivery got. */
    public enum Step {
        /** Loaded beside the served module and found fit. */
        STAGED,
        /** Serving. */
        PROMOTED,
        /** Taken back. */
        ROLLED_BACK,
        /** Refused or broken; the served module is untouched. */
        FAILED
    }
}
