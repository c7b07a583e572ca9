package org.plumbline.plugin.intercept;

import org.plumbline.plugin.intercept.ShapeProbe.Times;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What answers and audits of inputs of one shape take, estimated from the latest of them.
 * Thread-safe.
 */
final class ShapeCost {
    private static final int LATENCIES = 32; // few, to follow a machine that slows down
    private static final int RATIOS = 1024; // many: audits may add less than latencies vary
    private static final int FRESH = 64;

    private final LatencyMean plain = new LatencyMean(LATENCIES);
    private final LatencyMean ratio = new LatencyMean(RATIOS);
    private final LatencyMean backward = new LatencyMean(LATENCIES);
    private final AtomicInteger sincePlain = new AtomicInteger(FRESH);
    private volatile boolean known;
    private volatile long used;

    void probed(Times times) {
        plain.start((double) times.plain());
        ratio.start((double) times.answered() / Math.max(1, times.plain()));
        backward.start((double) times.backward());
        known = true;
    }

    /** Whether the methods are warm for the shape and its costs have been measured. */
    boolean known() {
        return known;
    }

    /** Number of the latest request of this shape. */
    long used() {
        return used;
    }

    void use(long request) {
        used = request;
    }

    void plain(long nanos) {
        plain.add((double) nanos);
        sincePlain.set(0);
    }

    void audited(long answerNanos, long backwardNanos) {
        backward.add((double) backwardNanos);
        // an old plain latency would blame the audit for a machine that has slowed down since
        if (sincePlain.incrementAndGet() <= FRESH && plain.mean() > 0) {
            ratio.add(answerNanos / plain.mean());
        }
    }

    /** Returns how much of an audited answer's time the audit added. */
    long added(long answerNanos) {
        double delay = delay();
        return (long) (answerNanos * delay / (1 + delay));
    }

    double expectedPlain() {
        return plain.mean();
    }

    /** Returns what the next audit is expected to cost: delay of the answer and backward pass. */
    double expectedCost() {
        return plain.mean() * delay() + backward.mean();
    }

    private double delay() {
        return Math.max(0, ratio.mean() - 1);
    }
}
