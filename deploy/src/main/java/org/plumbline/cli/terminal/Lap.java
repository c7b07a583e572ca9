package org.plumbline.cli.terminal;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/**
 * How long something took. Immutable.
 *
 * @param seconds on the clock
 * @param processorSeconds of all threads of this process, which other processes do not prolong
 */
public record Lap(double seconds, double processorSeconds) {
    /** Does it and measures. */
    public static Lap of(Runnable work) {
        long processor = processorNanos();
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Lap(seconds, (processorNanos() - processor) / 1e9);
    }

    private static long processorNanos() {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        return system instanceof com.sun.management.OperatingSystemMXBean process
                ? process.getProcessCpuTime()
                : System.nanoTime();
    }
}
