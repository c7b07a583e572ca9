package org.plumbline.plugin.intercept;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What became of the samples of one served version. Thread-safe. */
public final class SampleCounts {
    private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);

    /** Starts at zero. */
    public SampleCounts() {
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, new LongAdder());
        }
    }

    /** Adds samples. */
    public void add(Outcome outcome, long samples) {
        adder(outcome).add(samples);
    }

    /** Returns the number of samples so far. */
    public long of(Outcome outcome) {
        return adder(outcome).sum();
    }

    private LongAdder adder(Outcome outcome) {
        LongAdder adder = counts.get(outcome);
        if (adder == null) {
            throw new IllegalStateException("every outcome is counted: " + outcome);
        }
        return adder;
    }

    /** What became of one sample. */
    public enum Outcome {
        /** Its sensitivities were handed to the audit thread. */
        AUDITED,
        /** Left out by sampling. */
        SKIPPED,
        /** Audited, then lost because the queue was full. */
        DROPPED,
        /** The audit failed; the answer came from plain {@code forward}. */
        FAILED
    }
}
