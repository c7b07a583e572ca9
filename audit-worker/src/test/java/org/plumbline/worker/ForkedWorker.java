package org.plumbline.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** A worker with the fake engine in a process of its own, to be killed. */
final class ForkedWorker implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Process process;
    private final int port;

    private ForkedWorker(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Runs in the other process: arguments are the folder and the file that takes the port. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        AuditWorker worker =
                AuditWorker.start(
                        AuditWorkerIT.config(folder),
                        new FakeEngine().tools(),
                        InstantSource.system());
        Path partial = Files.writeString(folder.resolve("port.part"), "" + worker.port());
        Files.move(partial, Path.of(arguments[1]));
        worker.awaitTermination();
    }

    static ForkedWorker start(Path folder) throws IOException, InterruptedException {
        Path portFile = folder.resolve("port");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                ForkedWorker.class.getName(),
                                folder.toString(),
                                portFile.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!Files.exists(portFile)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new AssertionError(Files.readString(folder.resolve("log")));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return new ForkedWorker(process, Integer.parseInt(Files.readString(portFile)));
    }

    int port() {
        return port;
    }

    /** Ends the process as {@code kill -9} does. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
