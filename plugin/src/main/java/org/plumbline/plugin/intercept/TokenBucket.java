package org.plumbline.plugin.intercept;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What audits may still cost, in nanoseconds: serving earns a share of the time it takes, an audit
 * reserves what it is expected to cost and is charged what it did cost. Starts empty. Thread-safe.
 *
 * <p>Invariant: audits cost at most {@code share * S} of the time {@code S} served since the start,
 * and at most {@code share * S + capacity} in any stretch between; beyond that only by what audits
 * cost more than was expected of them, which is a debt that later ones wait for.
 */
final class TokenBucket {
    private static final double HORIZON = TimeUnit.SECONDS.toNanos(10);
    private static final int AUDITS = 16;

    private final double share;
    private final AtomicLong tokens = new AtomicLong();
    private volatile double dearest;

    /**
     * Makes an empty bucket.
     *
     * @param share of the time served, in [0, 1]
     */
    TokenBucket(double share) {
        this.share = share;
    }

    double share() {
        return share;
    }

    /** Tells what the dearest audit is expected to cost: nothing is reserved below that. */
    void dearest(double nanos) {
        dearest = nanos;
    }

    void earn(double servedNanos) {
        credit((long) (share * servedNanos));
    }

    /**
     * Takes what an audit is expected to cost. The floor is the same for cheap and dear audits, so
     * that neither kind is preferred when little is left.
     */
    boolean reserve(long nanos) {
        long now = tokens.get();
        while (now >= Math.max((double) nanos, dearest)) {
            if (tokens.compareAndSet(now, now - nanos)) {
                return true;
            }
            now = tokens.get();
        }
        return false;
    }

    /** Replaces a reservation, 0 for none, by what the audit cost. */
    void settle(long reserved, long cost) {
        credit(reserved - cost);
    }

    /** Returns how full the bucket is above the dearest audit, in [0, 1]. */
    double level() {
        double free = tokens.get() - dearest;
        return Math.max(0, Math.min(1, free / (capacity() - dearest)));
    }

    /**
     * What the latest ten seconds of serving earned, or enough for a few audits if that is more.
     */
    private double capacity() {
        return Math.max(1, Math.max(share * HORIZON, AUDITS * dearest));
    }

    private void credit(long nanos) {
        long most = (long) capacity();
        tokens.accumulateAndGet(nanos, (now, more) -> Math.min(most, now + more));
    }
}
