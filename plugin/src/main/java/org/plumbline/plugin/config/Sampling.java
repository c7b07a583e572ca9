package org.plumbline.plugin.config;

import java.util.OptionalDouble;

/**
 * Which share of the requests is audited. Immutable.
 *
 * @param rate share audited when latency allows, in [0, 1]
 * @param maxOverhead time audits may take, what they add to answers and their backward passes
 *     together, as a share of the time plain answers take, in [0, 1]; empty: no limit
 */
public record Sampling(double rate, OptionalDouble maxOverhead) {
    /** Every request, whatever it costs. */
    public static final Sampling ALL = new Sampling(1, OptionalDouble.empty());

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a share is outside [0, 1]
     */
    public Sampling {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("rate: " + rate + " (expected: in [0, 1])");
        }
        if (maxOverhead.isPresent()
                && !(maxOverhead.getAsDouble() >= 0 && maxOverhead.getAsDouble() <= 1)) {
            throw new IllegalArgumentException(
                    "max-overhead: " + maxOverhead.getAsDouble() + " (expected: in [0, 1])");
        }
    }
}
