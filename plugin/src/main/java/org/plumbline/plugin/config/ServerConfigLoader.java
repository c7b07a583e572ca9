package org.plumbline.plugin.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Reads the server-level {@code plumbline.yaml} and the environment over it. Thread-safe. */
public final class ServerConfigLoader {
    private static final int LARGEST_QUEUE = 1_000_000;

    private ServerConfigLoader() {}

    /**
     * Returns the configuration of this server: the file named by {@code PLUMBLINE_CONFIG}, else
     * {@code MODEL_SERVER_HOME/conf/plumbline.yaml} where it exists, else defaults; then {@code
     * PLUMBLINE_CACHE_DIR}, {@code PLUMBLINE_QUEUE}, {@code PLUMBLINE_SERVER_ID}, {@code
     * PLUMBLINE_WORKER_TARGET} and {@code PLUMBLINE_WORKER_TOKEN_FILE} over it.
     *
     * @param environment the process's variables
     * @param home where the default cache lies
     * @throws org.plumbline.core.error.AuditException {@code INVALID_ARGUMENT} with every problem
     */
    public static ServerConfig load(Map<String, String> environment, Path home) {
        Path standard = home.resolve(".cache").resolve("plumbline");
        ServerConfig base =
                file(environment)
                        .map(f -> read(f, standard))
                        .orElseGet(
                                () ->
                                        new ServerConfig(
                                                standard,
                                                ServerConfig.STANDARD_QUEUE,
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty()));
        return override(base, environment);
    }

    private static Optional<Path> file(Map<String, String> environment) {
        Optional<Path> named =
                Optional.ofNullable(environment.get("PLUMBLINE_CONFIG")).map(Path::of);
        return named.or(
                () ->
                        Optional.ofNullable(environment.get("MODEL_SERVER_HOME"))
                                .map(h -> Path.of(h, "conf", AuditConfigLoader.FILE))
                                .filter(Files::isRegularFile));
    }

    private static ServerConfig read(Path file, Path standard) {
        Problems problems = new Problems(file.getFileName().toString());
        Section top = Section.parse(file, problems);
        Path folder = file.toAbsolutePath().resolveSibling("");
        ServerConfig config =
                new ServerConfig(
                        top.parsed("cache-dir", folder::resolve).orElse(standard),
                        top.whole("queue", 1, LARGEST_QUEUE, ServerConfig.STANDARD_QUEUE),
                        top.parsed("server-id", ServerConfigLoader::serverId),
                        top.section("worker").flatMap(s -> WorkerReader.read(s, folder)),
                        Optional.empty());
        top.refuseUnknown();
        problems.check();
        return config;
    }

    private static ServerConfig override(ServerConfig base, Map<String, String> environment) {
        Problems problems = new Problems("environment");
        Variables variables = new Variables(environment, problems);
        Optional<WorkerTarget> target =
                variables.read("PLUMBLINE_WORKER_TARGET", WorkerTarget::plain);
        Optional<Path> token = variables.read("PLUMBLINE_WORKER_TOKEN_FILE", Path::of);
        Optional<WorkerTarget> worker =
                target.or(base::worker)
                        .map(
                                w ->
                                        new WorkerTarget(
                                                w.target(),
                                                base.worker().flatMap(WorkerTarget::tls),
                                                token.or(
                                                        () ->
                                                                base.worker()
                                                                        .flatMap(
                                                                                WorkerTarget
                                                                                        ::tokenFile))));
        ServerConfig config =
                new ServerConfig(
                        variables
                                .read("PLUMBLINE_CACHE_DIR", Path::of)
                                .orElse(base.cacheDirectory()),
                        variables
                                .read("PLUMBLINE_QUEUE", ServerConfigLoader::queue)
                                .orElse(base.queue()),
                        variables
                                .read("PLUMBLINE_SERVER_ID", ServerConfigLoader::serverId)
                                .or(base::serverId),
                        worker,
                        target.map(WorkerTarget::target));
        problems.check();
        return config;
    }

    private static String serverId(String text) {
        if (!text.matches("[A-Za-z0-9._-]{1,128}")) {
            throw new IllegalArgumentException("(expected: 1 to 128 of A-Z a-z 0-9 . _ -)");
        }
        return text;
    }

    private static int queue(String text) {
        if (!text.matches("[1-9]\\d{0,6}") || Integer.parseInt(text) > LARGEST_QUEUE) {
            throw new IllegalArgumentException(
                    "(expected: whole number from 1 to " + LARGEST_QUEUE + ")");
        }
        return Integer.parseInt(text);
    }
}
