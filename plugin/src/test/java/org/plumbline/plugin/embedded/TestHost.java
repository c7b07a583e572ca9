package org.plumbline.plugin.embedded;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.config.ServerConfig;
import org.plumbline.plugin.config.WorkerTarget;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.Http;

import java.nio.file.Path;
import java.util.Optional;

/** Embedded hosts of the folder {@code models} of a test, and the requests that tests send them. */
final class TestHost {
    private static final int QUEUE = 4096;

    private TestHost() {}

    /** Starts a host with the plugin, whose cache is {@code cache}. */
    static EmbeddedServer start(Path folder) {
        return start(folder, "cache");
    }

    /** Starts a host with the plugin and a cache of its own. */
    static EmbeddedServer start(Path folder, String cache) {
        return start(folder, cache, true, Optional.empty());
    }

    /** Starts a host that may be without the plugin. */
    static EmbeddedServer start(Path folder, boolean plugin) {
        return start(folder, "cache", plugin, Optional.empty());
    }

    /** Starts a host that is attached to a worker. */
    static EmbeddedServer start(Path folder, WorkerTarget worker) {
        return start(folder, "cache", true, Optional.of(worker));
    }

    private static EmbeddedServer start(
            Path folder, String cache, boolean plugin, Optional<WorkerTarget> worker) {
        ServerConfig config =
                new ServerConfig(
                        folder.resolve(cache),
                        QUEUE,
                        Optional.of("test-server"),
                        worker,
                        Optional.empty());
        return EmbeddedServer.start(
                new EmbeddedOptions(
                        folder.resolve("models"), EmbeddedOptions.LOOPBACK, 0, plugin, config));
    }

    /** Sends images in turn, one in a request: that shape is warm from the start. */
    static void send(Http http, String model, FloatTensor images, int count) {
        for (int i = 0; i < count; i++) {
            int row = i % images.rows();
            http.predict(model, images.slice(row, row + 1));
        }
    }

    /** As {@link #send}; returns once all have been audited and are in the numbers shown. */
    static void sendAudited(Http http, String model, FloatTensor images, int count) {
        long before = audited(http, model);
        long shown = shown(http, model);
        send(http, model, images, count);
        Eventually.that("all are audited", () -> audited(http, model) == before + count);
        Eventually.that("all are shown", () -> shown(http, model) == shown + count);
    }

    /** Samples are counted before they are published. */
    private static long shown(Http http, String model) {
        return http.json("/audit/models/" + model)
                .path("prevalences")
                .path(0)
                .path("samples_total")
                .asLong();
    }

    /** Returns how many samples of a model have been audited. */
    static long audited(Http http, String model) {
        return http.json("/audit/models/" + model).path("samples").path("audited").asLong();
    }
}
