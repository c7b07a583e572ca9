package org.plumbline.plugin.embedded;

import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.plugin.config.PluginVersion;
import org.plumbline.plugin.host.AuditRuntime;
import org.plumbline.plugin.metrics.AuditMeters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;

/**
 * The embedded host: serves model folders in this process, with or without the plugin. Closing it
 * answers the requests under way first. Thread-safe.
 */
public final class EmbeddedServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final String THREADS = "ai.djl.pytorch.num_threads";
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final int MOST_THREADS = 64;

    private final Server server;
    private final ServerConnector connector;
    private final ModelRegistry models;
    private final Optional<AuditRuntime> runtime;

    private EmbeddedServer(
            Server server,
            ServerConnector connector,
            ModelRegistry models,
            Optional<AuditRuntime> runtime) {
        this.server = server;
        this.connector = connector;
        this.models = models;
        this.runtime = runtime;
    }

    /**
     * Loads the models and listens; returns when requests are answered.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if the folder cannot be read, {@code
     *     UNAVAILABLE} if the address cannot be bound
     */
    public static EmbeddedServer start(EmbeddedOptions options) {
        if (System.getProperty(THREADS) == null) {
            // requests run side by side: more threads inside one of them only get in each other's
            // way
            System.setProperty(THREADS, "1");
        }
        Optional<AuditRuntime> runtime =
                options.plugin()
                        ? Optional.of(
                                AuditRuntime.start(
                                        options.config(),
                                        AuditMeters.standalone(PluginVersion.current())))
                        : Optional.empty();
        ModelRegistry models = new ModelRegistry(runtime);
        try {
            models.loadAll(options.models());
            return listen(options, models, runtime);
        } catch (RuntimeException e) {
            models.close();
            runtime.ifPresent(AuditRuntime::close);
            throw e;
        }
    }

    private static EmbeddedServer listen(
            EmbeddedOptions options, ModelRegistry models, Optional<AuditRuntime> runtime) {
        QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS);
        threads.setName("plumbline-http");
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(options.host());
        connector.setPort(options.port());
        server.addConnector(connector);
        server.setHandler(
                new GracefulHandler(
                        new JettyHandler(new HostRoutes(models, runtime, options.models()))));
        server.setStopTimeout(DRAIN.toMillis());
        try {
            server.start();
        } catch (Exception e) {
            stop(server);
            throw new AuditException(
                    ErrorCode.UNAVAILABLE,
                    "port: " + options.port() + " (expected: a free port): " + e.getMessage(),
                    e);
        }
        LOG.info("listening on {}:{}", options.host(), connector.getLocalPort());
        return new EmbeddedServer(server, connector, models, runtime);
    }

    /** Returns the port listened on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Answers what is under way, then frees models, audit thread and lines to workers. */
    @Override
    public void close() {
        stop(server);
        models.close();
        runtime.ifPresent(AuditRuntime::close);
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("requests were cut off at close: {}", e.toString());
        }
    }
}
