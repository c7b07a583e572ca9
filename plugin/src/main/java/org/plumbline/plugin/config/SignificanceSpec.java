package org.plumbline.plugin.config;

import java.util.OptionalLong;

/**
 * How concepts are compared with random directions. Immutable.
 *
 * @param randomCavs random CAVs per version, {@code R}; at least 20
 * @param seed of their draw; derived from the archive's digest without one
 */
public record SignificanceSpec(int randomCavs, OptionalLong seed) {
    /**
     * Random CAVs when nothing is configured: the mean and deviation of 200 are known to a
     * fifteenth of a deviation, the t quantiles are within 3 % of the normal ones at p = 1e-4, and
     * a class costs 5 kB.
     */
    public static final int STANDARD_CAVS = 200;

    /** What is used when nothing is configured. */
    public static final SignificanceSpec STANDARD =
            new SignificanceSpec(STANDARD_CAVS, OptionalLong.empty());
}
