package org.plumbline.worker;

import ai.djl.Device;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.config.Problems;
import org.plumbline.worker.config.TlsFiles;
import org.plumbline.worker.config.WorkerConfig;
import org.plumbline.worker.dataset.DatasetStore;
import org.plumbline.worker.delivery.DeliveryListener;
import org.plumbline.worker.delivery.Fleet;
import org.plumbline.worker.job.Deliveries;
import org.plumbline.worker.job.JobBoard;
import org.plumbline.worker.job.JobFiles;
import org.plumbline.worker.job.JobRunner;
import org.plumbline.worker.job.JobStore;
import org.plumbline.worker.job.Manipulation;
import org.plumbline.worker.job.Repair;
import org.plumbline.worker.job.RepairTools;
import org.plumbline.worker.metrics.MetricsServer;
import org.plumbline.worker.metrics.WorkerMetrics;
import org.plumbline.worker.request.AuditEndpoint;
import org.plumbline.worker.request.CorrectionEndpoint;
import org.plumbline.worker.request.DatasetEndpoint;
import org.plumbline.worker.request.FleetEndpoint;
import org.plumbline.worker.request.TokenInterceptor;
import org.plumbline.worker.store.ArchiveStore;
import org.plumbline.worker.store.StateFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A running worker. Closing it drains in order: health turns to NOT_SERVING, the job thread stops
 * at its next step (the job is resumed by the next worker on the same state folder), then the
 * servers. Thread-safe.
 */
public final class AuditWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditWorker.class);
    private static final int LARGEST_MESSAGE = 2 << 20;
    private static final int CALL_THREADS = 16;
    private static final long GRACE_SECONDS = 5;

    private final Server server;
    private final MetricsServer metrics;
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();

    private AuditWorker(Server server, MetricsServer metrics) {
        this.server = server;
        this.metrics = metrics;
    }

    /**
     * Starts a worker.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} for an exposed address without protection,
     *     {@code UNAVAILABLE} if an address or the state folder is in use
     */
    public static AuditWorker start(WorkerConfig config) {
        return start(config, EngineTools.untrusting(config.probe()), InstantSource.system());
    }

    static AuditWorker start(WorkerConfig config, RepairTools tools, InstantSource clock) {
        Problems problems = new Problems();
        config.checkExposure(problems);
        problems.throwIfAny(ErrorCode.INVALID_ARGUMENT);
        Deque<AutoCloseable> closing = new ArrayDeque<>();
        try {
            AuditWorker worker = wire(config, tools, clock, closing);
            worker.closing.addAll(closing);
            LOG.info(
                    "worker on {} port {}, metrics on port {}, state in {}",
                    config.listen().host(),
                    worker.port(),
                    worker.metricsPort(),
                    config.state());
            return worker;
        } catch (RuntimeException e) {
            closeAll(closing);
            throw e;
        }
    }

    /** Returns the gRPC port in use. */
    public int port() {
        return server.getPort();
    }

    /** Returns the metrics port in use. */
    public int metricsPort() {
        return metrics.port();
    }

    /** Waits until the worker is closed. */
    public void awaitTermination() throws InterruptedException {
        server.awaitTermination();
    }

    @Override
    public void close() {
        synchronized (closing) {
            closeAll(closing);
        }
    }

    /** Everything made is pushed on {@code closing}, which is closed from its first element. */
    private static AuditWorker wire(
            WorkerConfig config,
            RepairTools tools,
            InstantSource clock,
            Deque<AutoCloseable> closing) {
        StateFolder state = StateFolder.lock(config.state());
        closing.push(state);
        Supplier<Device> device = device(config.device());
        ArchiveStore archives =
                new ArchiveStore(state.folder("archives"), config.limits(), tools.checker());
        DatasetStore datasets = new DatasetStore(state.folder("datasets"), config.limits(), clock);
        JobFiles files =
                new JobFiles(
                        state.folder("checkpoints"),
                        state.folder("work"),
                        state.folder("training"));
        JobBoard board = new JobBoard(new JobStore(state.folder("jobs")), clock);
        WorkerMetrics numbers = new WorkerMetrics(Versions.plumbline());
        board.listen(numbers);
        DeliveryListener journal =
                (offer, delivery) ->
                        board.change(offer.job(), job -> job.with(delivery, clock.instant()));
        Fleet fleet = new Fleet(journal.andThen(numbers), clock);
        Deliveries.restore(board, fleet);
        JobRunner runner =
                new JobRunner(
                        board,
                        new JobRunner.Workplace(
                                archives,
                                datasets,
                                files,
                                new Repair(tools, config.gate()),
                                config.redTeam()
                                        ? Optional.of(new Manipulation(tools))
                                        : Optional.empty(),
                                device,
                                fleet,
                                clock),
                        config.limits().queue());
        MetricsServer metrics = MetricsServer.start(config.metrics(), numbers);
        closing.push(metrics);
        ExecutorService calls = callThreads();
        closing.push(calls::shutdownNow);
        HealthStatusManager health = new HealthStatusManager();
        NettyServerBuilder builder =
                builder(config)
                        .executor(calls)
                        .addService(
                                new CorrectionEndpoint(
                                        board, runner, files, archives, datasets, config.redTeam()))
                        .addService(new DatasetEndpoint(datasets, board))
                        .addService(
                                new AuditEndpoint(
                                        archives,
                                        datasets,
                                        files,
                                        tools.assessor(),
                                        tools.prober(),
                                        device))
                        .addService(new FleetEndpoint(fleet))
                        .addService(health.getHealthService())
                        .addService(ProtoReflectionServiceV1.newInstance());
        config.tokenFile().ifPresent(file -> builder.intercept(TokenInterceptor.of(file)));
        Server server = listen(builder, config);
        closing.push(() -> shutdown(server));
        runner.start();
        closing.push(runner);
        closing.push(health::enterTerminalState);
        return new AuditWorker(server, metrics);
    }

    private static NettyServerBuilder builder(WorkerConfig config) {
        return NettyServerBuilder.forAddress(config.listen().socketAddress(), credentials(config))
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .keepAliveTime(30, TimeUnit.SECONDS) // finds servers that vanished
                .keepAliveTimeout(20, TimeUnit.SECONDS)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
    }

    private static ServerCredentials credentials(WorkerConfig config) {
        if (config.tls().isEmpty()) {
            return InsecureServerCredentials.create();
        }
        TlsFiles files = config.tls().get();
        try {
            TlsServerCredentials.Builder tls =
                    TlsServerCredentials.newBuilder()
                            .keyManager(files.certificate().toFile(), files.key().toFile());
            if (files.clientCa().isPresent()) {
                tls.trustManager(files.clientCa().get().toFile())
                        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
            }
            return tls.build();
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT,
                    "tls: " + e.getMessage() + " (expected: readable PEM files)",
                    e);
        }
    }

    private static Server listen(NettyServerBuilder builder, WorkerConfig config) {
        try {
            return builder.build().start();
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.UNAVAILABLE,
                    "listen: " + config.listen() + ": " + e.getMessage() + " (expected: free)",
                    e);
        } catch (IllegalArgumentException e) {
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT,
                    "tls: " + e.getMessage() + " (expected: PEM certificate and PKCS 8 key)",
                    e);
        }
    }

    private static ExecutorService callThreads() {
        AtomicInteger number = new AtomicInteger();
        return Executors.newFixedThreadPool(
                CALL_THREADS, work -> new Thread(work, "call-" + number.incrementAndGet()));
    }

    /** Finds the device at the first use: looking for a GPU loads the engine. */
    private static Supplier<Device> device(DeviceChoice choice) {
        return choice::device;
    }

    private static void shutdown(Server server) throws InterruptedException {
        if (!server.shutdown().awaitTermination(1, TimeUnit.SECONDS)) {
            server.shutdownNow(); // attached servers and watchers stay until they are cut
            server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void closeAll(Deque<AutoCloseable> closing) {
        while (!closing.isEmpty()) {
            try {
                closing.pop().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.warn("while closing, the rest is still closed", e);
            }
        }
    }
}
