package org.plumbline.plugin.metrics;

import org.plumbline.core.fairwashing.FairwashingVerdict;

import java.util.Optional;

/** What the watch over a version's explanations says at present. Thread-safe; never waits. */
public interface FairwashingNumbers {
    /** Returns what the watch is doing. */
    WatchPhase phase();

    /** Returns the verdict of the last window. */
    Optional<FairwashingVerdict> verdict();

    /** Returns whether the version is suspect, after hysteresis; empty before the first window. */
    Optional<Boolean> suspect();

    /** Returns how many windows ended so. */
    long windows(WindowOutcome outcome);

    /** Returns the processor time that examinations took, in seconds of one core. */
    double seconds();
}
