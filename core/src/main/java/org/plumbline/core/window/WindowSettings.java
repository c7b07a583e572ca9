package org.plumbline.core.window;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a series is estimated. Immutable.
 *
 * @param capacity samples in the sliding window, at least 1
 * @param halfLife time after which a sample counts half in the decayed estimates; none are kept
 *     without it; at least a millisecond
 * @param clip magnitude at which sensitivities are cut for the bounds of their mean, above 0; found
 *     in a warm-up without it, which keeps bounds of different windows from being merged
 * @param error probability that the anytime-valid bounds ever miss, in (0, 1)
 */
public record WindowSettings(
        int capacity, Optional<Duration> halfLife, OptionalDouble clip, double error) {
    /** Checks the ranges. */
    public WindowSettings {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: >= 1)");
        }
        if (halfLife.isPresent() && halfLife.get().toMillis() < 1) {
            throw new IllegalArgumentException(
                    "half-life: " + halfLife.get() + " (expected: at least 1 ms)");
        }
        double cut = clip.orElse(1);
        if (!(cut > 0 && Double.isFinite(2 * cut))) {
            throw new IllegalArgumentException("clip: " + cut + " (expected: finite, > 0)");
        }
        if (!(error > 0 && error < 1)) {
            throw new IllegalArgumentException("error: " + error + " (expected: in (0, 1))");
        }
    }
}
