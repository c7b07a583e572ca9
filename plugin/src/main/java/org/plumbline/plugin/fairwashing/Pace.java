package org.plumbline.plugin.fairwashing;

import java.util.function.LongSupplier;

/**
 * Spreads steps of work so that they take at most a share of the time. A step begins when the share
 * of the time since the beginning of the one before covers what that one took: {@code n} steps
 * within a time {@code t} cost at most {@code share t} and the last of them; idle time earns
 * nothing. Confined to one thread.
 */
final class Pace {
    private final double share;
    private final LongSupplier ticker;
    private long begun;
    private long due;

    /**
     * Begins with a step that is due.
     *
     * @param share in (0, 1]
     * @param ticker monotonic nanoseconds
     */
    Pace(double share, LongSupplier ticker) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share: " + share + " (expected: in (0, 1])");
        }
        this.share = share;
        this.ticker = ticker;
        begun = ticker.getAsLong();
        due = begun;
    }

    /** Returns how long the next step has to wait, in nanoseconds; 0: it may begin. */
    long delay() {
        return Math.max(0, due - ticker.getAsLong());
    }

    /** Begins a step. */
    void begin() {
        begun = ticker.getAsLong();
    }

    /** Ends a step that took so many nanoseconds of a core. */
    void spent(long nanos) {
        due = begun + (long) (nanos / share);
    }
}
