package org.plumbline.worker.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.config.HostPort;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves {@code GET /metrics}. Thread-safe. */
public final class MetricsServer implements AutoCloseable {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String OPEN_METRICS_TYPE =
            "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService executor;
    private final WorkerMetrics metrics;

    private MetricsServer(HttpServer server, ExecutorService executor, WorkerMetrics metrics) {
        this.server = server;
        this.executor = executor;
        this.metrics = metrics;
    }

    /**
     * Starts serving.
     *
     * @throws AuditException {@code UNAVAILABLE} if the address cannot be bound
     */
    public static MetricsServer start(HostPort address, WorkerMetrics metrics) {
        try {
            HttpServer server = HttpServer.create(address.socketAddress(), 0);
            ExecutorService executor =
                    Executors.newSingleThreadExecutor(work -> new Thread(work, "metrics"));
            MetricsServer started = new MetricsServer(server, executor, metrics);
            server.setExecutor(executor);
            server.createContext("/metrics", started::handle);
            server.start();
            return started;
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.UNAVAILABLE,
                    "metrics: " + address + ": " + e.getMessage() + " (expected: a free address)",
                    e);
        }
    }

    /** Returns the port in use. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdown();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                exchange.sendResponseHeaders(HttpURLConnection.HTTP_BAD_METHOD, -1);
                return;
            }
            boolean open =
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Accept"))
                            .filter(accept -> accept.contains(OPEN_METRICS))
                            .isPresent();
            String type = open ? OPEN_METRICS_TYPE : TEXT;
            byte[] body = metrics.scrape(type).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(HttpURLConnection.HTTP_OK, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
