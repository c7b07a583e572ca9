package org.plumbline.plugin.mitigation;

import java.time.Duration;
import java.time.Instant;

/**
 * A projection that is on. Immutable.
 *
 * @param id tells it from others of the model
 * @param order what was asked for
 * @param level projection aimed at by the CAV of the version that answers
 * @param from when it was switched on
 * @param ends when it ends by itself
 * @param endNanos the same on the ticker, which no clock change moves
 */
public record Mitigation(
        String id, MitigationOrder order, double level, Instant from, Instant ends, long endNanos) {
    /** The only method; the name in the literature. */
    public static final String MODE = "p-clarc";

    /** Returns the time left at a reading of the ticker; not negative. */
    Duration remaining(long nanos) {
        return Duration.ofNanos(Math.max(0, endNanos - nanos));
    }

    boolean over(long nanos) {
        return endNanos - nanos <= 0;
    }

    Mitigation aimingAt(double newLevel) {
        return new Mitigation(id, order, newLevel, from, ends, endNanos);
    }
}
