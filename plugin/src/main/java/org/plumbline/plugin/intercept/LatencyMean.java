package org.plumbline.plugin.intercept;

import java.util.concurrent.atomic.AtomicLong;

/** Exponentially weighted mean of latencies; first values weigh equally. Thread-safe. */
final class LatencyMean {
    private static final int MEMORY = 64;

    private final AtomicLong bits = new AtomicLong(Double.doubleToRawLongBits(0));
    private final AtomicLong count = new AtomicLong();

    void add(double nanos) {
        long seen = Math.min(count.incrementAndGet(), MEMORY);
        long old = bits.get();
        double mean = Double.longBitsToDouble(old);
        // one try only: a value lost to a race is one of many, a request must not spin
        bits.compareAndSet(old, Double.doubleToRawLongBits(mean + (nanos - mean) / seen));
    }

    double mean() {
        return Double.longBitsToDouble(bits.get());
    }

    long count() {
        return count.get();
    }
}
