package org.plumbline.core.significance;

/**
 * When a test looks: at {@code first, 2 first, 4 first, ...} samples, whatever the samples show.
 * Confined to one thread.
 */
final class Looks {
    private long next;
    private int taken;

    Looks(long first) {
        if (first < 1) {
            throw new IllegalArgumentException("first look: " + first + " (expected: >= 1)");
        }
        next = first;
    }

    /** Returns how many looks have come due since the last call. */
    int due(long samples) {
        int due = 0;
        while (samples >= next) {
            next *= 2;
            due++;
        }
        taken += due;
        return due;
    }

    /** Returns how many looks have come due so far. */
    int taken() {
        return taken;
    }

    long next() {
        return next;
    }
}
