package org.plumbline.core.probe;

import java.time.Duration;
import java.util.List;

/**
 * What an archive that passed its probe did. Immutable.
 *
 * @param output shape of its first output
 * @param time wall clock of the child, starting included
 * @param memoryBytes most resident memory that was seen
 */
public record ProbeReport(List<Long> output, Duration time, long memoryBytes) {
    /** Copies the shape. */
    public ProbeReport {
        output = List.copyOf(output);
    }
}
