package org.plumbline.plugin.intercept;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Time spent on audits over time served, both fading with a horizon of one minute of serving.
 * Thread-safe.
 */
final class OverheadMean {
    private static final double HORIZON = TimeUnit.MINUTES.toNanos(1);

    private final AtomicReference<Sums> sums = new AtomicReference<>(new Sums(0, 0));

    private record Sums(double served, double spent) {
        Sums plus(double moreServed, double moreSpent) {
            double kept = Math.exp(-moreServed / HORIZON);
            return new Sums(served * kept + moreServed, spent * kept + moreSpent);
        }
    }

    void add(double servedNanos, double spentNanos) {
        Sums now = now();
        while (!sums.compareAndSet(now, now.plus(servedNanos, spentNanos))) {
            now = now();
        }
    }

    /** Returns the share, in [0, 1]; 0 before anything was served. */
    double ratio() {
        Sums now = now();
        return now.served() <= 0 ? 0 : Math.max(0, Math.min(1, now.spent() / now.served()));
    }

    private Sums now() {
        return Objects.requireNonNull(sums.get());
    }
}
