package org.plumbline.plugin.delivery;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.plugin.config.ServerConfig;
import org.plumbline.plugin.config.WorkerTarget;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.metrics.AuditMeters;
import org.plumbline.plugin.metrics.DeliveryOutcome;
import org.plumbline.plugin.repair.AnnouncedModel;
import org.plumbline.plugin.repair.CheckpointOffer;
import org.plumbline.plugin.repair.CorrectionOrder;
import org.plumbline.plugin.repair.DeliveryHandler;
import org.plumbline.plugin.repair.DeliveryReport;
import org.plumbline.plugin.repair.DeliveryReport.Step;
import org.plumbline.plugin.repair.OrderedCorrection;
import org.plumbline.plugin.repair.WorkerLink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Takes what workers offer, one step at a time on one thread; further offers wait their turn, and
 * are refused when too many wait. Thread-safe.
 */
public final class Deliveries implements DeliveryHandler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final int WAITING = 16;
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final ModelCatalog catalog;
    private final ServerConfig config;
    private final String serverId;
    private final AuditMeters meters;
    private final Map<WorkerTarget, WorkerLink> links = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor thread;

    /** Makes a handler; lines to workers open as models name them. */
    public Deliveries(
            ModelCatalog catalog, ServerConfig config, String serverId, AuditMeters meters) {
        this.catalog = catalog;
        this.config = config;
        this.serverId = serverId;
        this.meters = meters;
        thread =
                new ThreadPoolExecutor(
                        1,
                        1,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(WAITING),
                        task -> {
                            Thread t = new Thread(task, "plumbline-delivery");
                            t.setDaemon(true);
                            return t;
                        });
    }

    /** Opens the lines models need and announces the models as they are now. */
    public void modelsChanged() {
        for (ModelEntry entry : catalog.all()) {
            entry.audited().flatMap(this::target).ifPresent(this::open);
        }
        links.values().forEach(WorkerLink::announce);
    }

    /** Returns the line to a model's worker. */
    public Optional<WorkerLink> link(AuditedModel model) {
        return target(model).flatMap(t -> Optional.ofNullable(links.get(t)));
    }

    /**
     * Sends what a model serves to its worker and asks for a correction.
     *
     * @throws AuditException {@code FAILED_PRECONDITION} if it has no worker; the worker's refusals
     */
    public OrderedCorrection order(AuditedModel model, CorrectionOrder order) {
        WorkerLink link =
                link(model)
                        .orElseThrow(
                                () ->
                                        AuditException.of(
                                                ErrorCode.FAILED_PRECONDITION,
                                                "worker",
                                                "none for " + model.key(),
                                                "worker.target in plumbline.yaml"));
        return link.order(order, model.archive(), model.slot().current().digest());
    }

    /**
     * Does a change to a model between deliveries, on their thread; returns when it is done.
     *
     * @throws AuditException as the change does; {@code RESOURCE_EXHAUSTED} if too many wait
     */
    public <T> T between(Callable<T> change) {
        try {
            return thread.submit(change).get();
        } catch (RejectedExecutionException e) {
            throw busy(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof AuditException known
                    ? known
                    : new AuditException(ErrorCode.INTERNAL, "concept: " + e.getCause(), e);
        } catch (CancellationException e) {
            throw new AuditException(ErrorCode.CANCELLED, "concept: the server is closing", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AuditException(ErrorCode.CANCELLED, "concept: interrupted", e);
        }
    }

    @Override
    public List<AnnouncedModel> announced(WorkerLink link) {
        return catalog.all().stream()
                .flatMap(e -> e.audited().stream())
                .filter(m -> target(m).equals(Optional.of(link.target())))
                .map(m -> m.slot().current())
                .map(s -> new AnnouncedModel(s.id().model(), s.id().version(), s.digest()))
                .toList();
    }

    @Override
    public void offered(CheckpointOffer offer, WorkerLink link) {
        run(offer.id(), link, () -> take(offer, link));
    }

    @Override
    public void promote(String id, WorkerLink link) {
        run(
                id,
                link,
                () -> {
                    AuditedModel model = holder(id);
                    if (!model.settled(id).equals(Optional.of(Step.PROMOTED))) {
                        model.promote(id);
                        count(model, DeliveryOutcome.PROMOTED);
                    }
                    report(link, id, Step.PROMOTED, "serving", Map.of());
                    links.values().forEach(WorkerLink::announce);
                });
    }

    @Override
    public void rollBack(String id, String reason, WorkerLink link) {
        run(
                id,
                link,
                () -> {
                    AuditedModel model = holder(id);
                    if (!model.settled(id).equals(Optional.of(Step.ROLLED_BACK))) {
                        model.rollBack(id, reason);
                        count(model, DeliveryOutcome.ROLLED_BACK);
                    }
                    report(link, id, Step.ROLLED_BACK, reason, Map.of());
                    links.values().forEach(WorkerLink::announce);
                });
    }

    /** Closes the lines and lets the step under way end. */
    @Override
    public void close() {
        links.values().forEach(WorkerLink::close);
        for (Runnable waiting : thread.shutdownNow()) {
            if (waiting instanceof Future<?> change) {
                change.cancel(true); // or its caller would wait for ever
            }
        }
        try {
            if (!thread.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("a delivery is still under way at close");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(CheckpointOffer offer, WorkerLink link) {
        AuditedModel model =
                catalog.audited(offer.model(), offer.source())
                        .orElseThrow(
                                () ->
                                        AuditException.of(
                                                ErrorCode.NOT_FOUND,
                                                "model",
                                                offer.model(),
                                                "an audited model"));
        Optional<Step> settled = model.settled(offer.id());
        if (settled.isPresent()) {
            report(link, offer.id(), settled.get(), "settled before", Map.of());
            return;
        }
        if (model.slot().current().digest().equals(offer.checkpoint())) {
            report(link, offer.id(), Step.PROMOTED, "serving already", Map.of());
            return;
        }
        try {
            model.admit(offer);
            Path archive = link.download(offer, model.downloads());
            Map<String, Double> numbers = model.stage(offer, archive);
            count(model, DeliveryOutcome.STAGED);
            report(link, offer.id(), Step.STAGED, "waits for its promotion", numbers);
        } catch (AuditException e) {
            model.failed(offer, String.valueOf(e.getMessage()));
            count(model, DeliveryOutcome.FAILED);
            throw e;
        }
    }

    private void run(String id, WorkerLink link, Runnable step) {
        try {
            thread.execute(
                    () -> {
                        try {
                            step.run();
                        } catch (RuntimeException | LinkageError e) {
                            LOG.warn("delivery {} failed: {}", id, e.toString());
                            report(link, id, Step.FAILED, String.valueOf(e.getMessage()), Map.of());
                        }
                    });
        } catch (RejectedExecutionException e) {
            report(link, id, Step.FAILED, String.valueOf(busy(e).getMessage()), Map.of());
        }
    }

    private AuditedModel holder(String id) {
        return catalog.all().stream()
                .flatMap(e -> e.audited().stream())
                .filter(m -> m.settled(id).isPresent())
                .findFirst()
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.NOT_FOUND, "delivery", id, "a known delivery"));
    }

    private Optional<WorkerTarget> target(AuditedModel model) {
        return config.workerOf(model.config().worker());
    }

    private void open(WorkerTarget target) {
        links.computeIfAbsent(target, t -> WorkerLink.open(t, serverId, this, PAUSE));
    }

    private void count(AuditedModel model, DeliveryOutcome outcome) {
        ServedId id = model.slot().current().id();
        meters.delivered(id, outcome);
    }

    private static void report(
            WorkerLink link, String id, Step step, String detail, Map<String, Double> numbers) {
        link.report(new DeliveryReport(id, step, detail, numbers));
    }

    private static AuditException busy(RejectedExecutionException e) {
        return new AuditException(
                ErrorCode.RESOURCE_EXHAUSTED, "delivery: too many wait their turn", e);
    }
}
