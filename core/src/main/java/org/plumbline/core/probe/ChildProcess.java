package org.plumbline.core.probe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A child under watch. Its standard input is a lifeline: nothing is ever written to it, and the
 * child ends when it closes, so none survives this process. Confined to one thread; close it.
 */
final class ChildProcess implements AutoCloseable {
    private static final long POLL_MILLIS = 20;
    private static final int LONGEST_OUTPUT = 1 << 16;
    private static final int LONGEST_LINE = 300;

    private final Process process;
    private final Thread hook;
    private final Thread drain;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final long started = System.nanoTime();
    private long peak;

    /** How the watch ended. */
    enum End {
        /** The child ended by itself. */
        EXIT,
        /** It ran longer than it may. */
        TIME,
        /** It had more resident memory than it may. */
        MEMORY,
        /** The caller no longer wants it. */
        CANCELLED
    }

    private ChildProcess(Process process) {
        this.process = process;
        this.hook = new Thread(process::destroyForcibly, "probe-shutdown");
        this.drain = new Thread(this::drain, "probe-output");
        drain.setDaemon(true);
    }

    static ChildProcess start(ProcessBuilder builder) throws IOException {
        ChildProcess child = new ChildProcess(builder.start());
        try {
            Runtime.getRuntime().addShutdownHook(child.hook);
        } catch (IllegalStateException e) {
            child.process.destroyForcibly();
            throw new IOException("this process is ending", e);
        }
        child.drain.start();
        return child;
    }

    /** Waits for the end; anything but {@link End#EXIT} leaves the child for {@link #close}. */
    End watch(ProbeLimits limits, BooleanSupplier cancelled) throws InterruptedException {
        while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, ResidentMemory.bytes(process.pid()));
            if (peak > limits.memoryBytes()) {
                return End.MEMORY;
            }
            if (time().compareTo(limits.time()) > 0) {
                return End.TIME;
            }
            if (cancelled.getAsBoolean()) {
                return End.CANCELLED;
            }
        }
        return End.EXIT;
    }

    int exitCode() {
        return process.exitValue();
    }

    Duration time() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    long peakMemory() {
        return peak;
    }

    /** Returns the last line the child printed, without control characters. */
    String lastLine() {
        return output.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .reduce((first, second) -> second)
                .map(line -> line.substring(0, Math.min(line.length(), LONGEST_LINE)))
                .map(line -> line.replaceAll("\\p{Cntrl}", " ").strip())
                .orElse("nothing printed");
    }

    /** Reads everything, so that the child never waits for us, and keeps the beginning. */
    private void drain() {
        byte[] block = new byte[4096];
        try (InputStream in = process.getInputStream()) {
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                if (output.size() < LONGEST_OUTPUT) {
                    output.write(block, 0, n);
                }
            }
        } catch (IOException e) {
            output.writeBytes("\nkilled".getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Kills the child if it runs and waits until it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        boolean interrupted = false;
        while (true) {
            try {
                process.waitFor();
                drain.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the hook runs right now
        }
    }
}
