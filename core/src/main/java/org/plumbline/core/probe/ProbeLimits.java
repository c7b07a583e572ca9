package org.plumbline.core.probe;

import java.time.Duration;

/**
 * What a probed archive may use up. Immutable.
 *
 * @param time wall clock from the start of the child to its result, at least 100 ms; starting Java
 *     and the engine takes one to three seconds of it
 * @param memoryBytes resident memory of the child, at least 256 MiB; an engine at rest has about
 *     200 MiB
 */
public record ProbeLimits(Duration time, long memoryBytes) {
    private static final long LEAST_MEMORY = 256L << 20;
    private static final long LARGEST_HEAP = 512L << 20;

    /** One minute and 4 GiB. */
    public static final ProbeLimits DEFAULT = new ProbeLimits(Duration.ofSeconds(60), 4L << 30);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a limit is out of range
     */
    public ProbeLimits {
        if (time.toMillis() < 100) {
            throw new IllegalArgumentException("time: " + time + " (expected: at least 100 ms)");
        }
        if (memoryBytes < LEAST_MEMORY) {
            throw new IllegalArgumentException(
                    "memory: " + memoryBytes + " (expected: at least " + LEAST_MEMORY + ")");
        }
    }

    /** Returns the largest Java heap of the child, a part of its memory. */
    long heapBytes() {
        return Math.min(LARGEST_HEAP, memoryBytes / 2);
    }
}
