package org.plumbline.core.window;

import java.time.Duration;
import java.util.Optional;

/**
 * How a series is estimated. Immutable.
 *
 * @param capacity samples in the sliding window, at least 1
 * @param halfLife time after which a sample counts half in the decayed estimates; none are kept
 *     without it; at least a millisecond
 * @param error probability that the anytime-valid bounds ever miss, in (0, 1)
 */
public record WindowSettings(int capacity, Optional<Duration> halfLife, double error) {
    /** Checks the ranges. */
    public WindowSettings {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: >= 1)");
        }
        if (halfLife.isPresent() && halfLife.get().toMillis() < 1) {
            throw new IllegalArgumentException(
                    "half-life: " + halfLife.get() + " (expected: at least 1 ms)");
        }
        if (!(error > 0 && error < 1)) {
            throw new IllegalArgumentException("error: " + error + " (expected: in (0, 1))");
        }
    }
}
