package org.plumbline.cli.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A command of ours that runs as a process of its own and prints, once it is ready, where it
 * listens. Thread-safe.
 */
public final class ServiceProcess implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int START_SECONDS = 90;
    private static final int STOP_SECONDS = 15;

    private final String name;
    private final Process process;
    private final JsonNode ready;

    private ServiceProcess(String name, Process process, JsonNode ready) {
        this.name = name;
        this.process = process;
        this.ready = ready;
    }

    /**
     * Starts {@code plumbline name arguments --json} and waits until it prints its JSON.
     *
     * @param folder for its log and the list of processes
     * @throws AuditException {@code UNAVAILABLE} if it ends or is not ready in time
     */
    public static ServiceProcess start(Path folder, String name, List<String> arguments)
            throws IOException, InterruptedException {
        Path log = folder.resolve(name + ".log");
        List<String> command = new ArrayList<>(launcher());
        command.add(name);
        command.addAll(arguments);
        command.add("--json");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(log.toFile()));
        // settings of the caller's own servers must not leak into these
        builder.environment().keySet().removeIf(key -> key.startsWith("PLUMBLINE_"));
        builder.environment().put("PLUMBLINE_CACHE_DIR", folder.resolve("run/cache").toString());
        Process process = builder.start();
        StaleProcesses.remember(folder, process.toHandle());
        try {
            JsonNode ready = ready(process).get(START_SECONDS, TimeUnit.SECONDS);
            return new ServiceProcess(name, process, ready);
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new AuditException(
                    ErrorCode.UNAVAILABLE,
                    name + ": not ready (expected: started, see " + log + "): " + lastLine(log),
                    e);
        }
    }

    /** Returns the processor time it has used so far, over all its threads. */
    public double cpuSeconds() {
        Duration used = process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
        return used.toNanos() / 1e9;
    }

    private static CompletableFuture<JsonNode> ready(Process process) {
        CompletableFuture<JsonNode> ready = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(process, ready), "ready");
        reader.setDaemon(true);
        reader.start();
        return ready;
    }

    private static void read(Process process, CompletableFuture<JsonNode> ready) {
        StringBuilder text = new StringBuilder();
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                text.append(line).append('\n');
                if (line.equals("}")) {
                    ready.complete(MAPPER.readTree(text.toString()));
                }
            }
        } catch (JsonProcessingException e) {
            ready.completeExceptionally(e);
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
        ready.completeExceptionally(new IOException("ended before it was ready"));
    }

    /** Returns how this process was started, to start more of the same. */
    private static List<String> launcher() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : List.of("ai.djl.offline", "ai.djl.pytorch.num_threads")) {
            Optional.ofNullable(System.getProperty(option))
                    .ifPresent(value -> command.add("-D" + option + "=" + value));
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("org.plumbline.cli.Plumbline");
        return command;
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty() ? "log is empty" : lines.get(lines.size() - 1);
    }

    /** Returns a port it printed. */
    public int port(String field) {
        JsonNode port = ready.path(field);
        if (!port.canConvertToInt()) {
            throw new IllegalStateException(
                    name + ": " + ready + " (expected: a port in field " + field + ")");
        }
        return port.intValue();
    }

    /** Returns the command it runs. */
    public String name() {
        return name;
    }

    /** Returns whether it still runs. */
    public boolean alive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
