package org.plumbline.plugin.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What concerns the whole server: {@code plumbline.yaml} in the server's {@code conf} folder.
 * Immutable.
 *
 * @param cacheDirectory where instrumented copies, concept examples and deliveries are kept
 * @param queue audited requests that may wait for the audit thread, at least 1
 * @param serverId name announced to the worker; empty: drawn once and kept in the cache
 * @param worker worker of models that name none
 * @param workerTarget {@code host:port} that replaces the target of every model
 */
public record ServerConfig(
        Path cacheDirectory,
        int queue,
        Optional<String> serverId,
        Optional<WorkerTarget> worker,
        Optional<String> workerTarget) {
    /** Queue capacity when nothing is configured. */
    public static final int STANDARD_QUEUE = 1024;

    /** Returns this configuration with another cache directory. */
    public ServerConfig withCacheDirectory(Path directory) {
        return new ServerConfig(directory, queue, serverId, worker, workerTarget);
    }

    /** Returns this configuration with every model's worker at {@code target}. */
    public ServerConfig withWorkerTarget(String target) {
        return new ServerConfig(
                cacheDirectory,
                queue,
                serverId,
                worker,
                Optional.of(WorkerTarget.plain(target).target()));
    }

    /** Returns the worker of a model whose own configuration names {@code own}. */
    public Optional<WorkerTarget> workerOf(Optional<WorkerTarget> own) {
        Optional<WorkerTarget> base = own.or(() -> worker);
        return workerTarget
                .map(
                        target ->
                                base.map(b -> new WorkerTarget(target, b.tls(), b.tokenFile()))
                                        .orElseGet(() -> WorkerTarget.plain(target)))
                .or(() -> base);
    }
}
