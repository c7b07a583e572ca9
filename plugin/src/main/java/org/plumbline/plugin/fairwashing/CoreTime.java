package org.plumbline.plugin.fairwashing;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * What a step takes of the processor. With one engine thread all of it runs on the calling thread,
 * whose processor time is known; with more, every one of them may have been busy all the time.
 * Confined to one thread.
 */
final class CoreTime {
    private static final String THREADS = "ai.djl.pytorch.num_threads";
    private static final ThreadMXBean BEAN = ManagementFactory.getThreadMXBean();

    private final int threads;
    private long cpu;
    private long wall;

    CoreTime() {
        this(Integer.getInteger(THREADS, Runtime.getRuntime().availableProcessors()));
    }

    /** Measures for an engine with so many threads. */
    CoreTime(int threads) {
        this.threads = threads;
    }

    /** Begins a step on this thread. */
    void begin() {
        wall = System.nanoTime();
        cpu = now();
    }

    /** Returns the nanoseconds of one core since the beginning, at most, at least 1. */
    long spent() {
        long own = now() - cpu;
        long elapsed = System.nanoTime() - wall;
        boolean alone = threads <= 1 && BEAN.isCurrentThreadCpuTimeSupported();
        return Math.max(1, alone ? own : elapsed * Math.max(1, threads));
    }

    private static long now() {
        return BEAN.isCurrentThreadCpuTimeSupported() ? BEAN.getCurrentThreadCpuTime() : 0;
    }
}
