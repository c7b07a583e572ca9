package org.plumbline.plugin.intercept;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Exponentially weighted mean of latencies or of ratios of them; first values weigh equally, and a
 * pause of the whole machine counts as a few times the mean at most. Thread-safe.
 */
final class LatencyMean {
    private static final int TRUSTED = 8;
    private static final int LARGEST = 4;

    private final int memory;
    private final AtomicLong bits = new AtomicLong(Double.doubleToRawLongBits(0));
    private final AtomicLong count = new AtomicLong();

    /**
     * Makes a mean of nothing yet.
     *
     * @param memory about how many of the latest values count
     */
    LatencyMean(int memory) {
        this.memory = memory;
    }

    /** Starts anew from a value that is a median of several. */
    void start(double value) {
        bits.set(Double.doubleToRawLongBits(value));
        count.set(TRUSTED);
    }

    void add(double value) {
        long seen = Math.min(count.incrementAndGet(), memory);
        long old = bits.get();
        double mean = Double.longBitsToDouble(old);
        double bounded = seen > TRUSTED && mean > 0 ? Math.min(value, LARGEST * mean) : value;
        // one try only: a value lost to a race is one of many, a request must not spin
        bits.compareAndSet(old, Double.doubleToRawLongBits(mean + (bounded - mean) / seen));
    }

    double mean() {
        return Double.longBitsToDouble(bits.get());
    }
}
