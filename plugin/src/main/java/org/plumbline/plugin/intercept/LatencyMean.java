package org.plumbline.plugin.intercept;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Exponentially weighted mean of latencies; first values weigh equally, and a pause of the whole
 * machine counts as a few times the mean at most. Thread-safe.
 */
final class LatencyMean {
    private static final int MEMORY = 64;
    private static final int TRUSTED = 8;
    private static final int LARGEST = 4;

    private final AtomicLong bits = new AtomicLong(Double.doubleToRawLongBits(0));
    private final AtomicLong count = new AtomicLong();

    void add(double nanos) {
        long seen = Math.min(count.incrementAndGet(), MEMORY);
        long old = bits.get();
        double mean = Double.longBitsToDouble(old);
        double value = seen > TRUSTED ? Math.min(nanos, LARGEST * mean) : nanos;
        // one try only: a value lost to a race is one of many, a request must not spin
        bits.compareAndSet(old, Double.doubleToRawLongBits(mean + (value - mean) / seen));
    }

    double mean() {
        return Double.longBitsToDouble(bits.get());
    }

    long count() {
        return count.get();
    }
}
