package org.plumbline.plugin.intercept;

import java.util.concurrent.atomic.LongAdder;

/** Requests while a mitigation was on, by what became of them. Thread-safe. */
public final class MitigationCounts {
    private final LongAdder mitigated = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /** Counts a request answered through a projection. */
    public void mitigated() {
        mitigated.increment();
    }

    /** Counts one on which it failed. */
    public void failed() {
        failed.increment();
    }

    /** Returns the requests answered through a projection. */
    public long mitigatedRequests() {
        return mitigated.sum();
    }

    /** Returns the requests on which it failed, answered plainly. */
    public long failedRequests() {
        return failed.sum();
    }
}
