package org.plumbline.plugin.config;

import java.time.Duration;
import java.util.Optional;

/**
 * Size of the sliding window. Immutable.
 *
 * @param samples samples kept per series, at least 1
 * @param halfLife time after which a sample would count half
 */
public record WindowSpec(int samples, Optional<Duration> halfLife) {
    /** Samples kept when nothing is configured. */
    public static final int STANDARD_SAMPLES = 2000;
}
