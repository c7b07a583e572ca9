package org.plumbline.plugin.host;

import ai.djl.Model;
import ai.djl.nn.Block;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.model.Digest;
import org.plumbline.plugin.config.AuditConfig;
import org.plumbline.plugin.config.AuditConfigLoader;
import org.plumbline.plugin.config.FairwashingSpec;
import org.plumbline.plugin.config.ServerConfig;
import org.plumbline.plugin.delivery.AuditedModel;
import org.plumbline.plugin.delivery.Deliveries;
import org.plumbline.plugin.delivery.ModelCache;
import org.plumbline.plugin.delivery.ModelCatalog;
import org.plumbline.plugin.delivery.ModelEntry;
import org.plumbline.plugin.delivery.Publication;
import org.plumbline.plugin.fairwashing.AuditedVersions;
import org.plumbline.plugin.fairwashing.Watches;
import org.plumbline.plugin.http.AuditRoutes;
import org.plumbline.plugin.intercept.AuditBlock;
import org.plumbline.plugin.intercept.AuditQueue;
import org.plumbline.plugin.intercept.CapturingBlock;
import org.plumbline.plugin.intercept.InputWatch;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.metrics.AuditMeters;
import org.plumbline.plugin.metrics.AuditState;
import org.plumbline.plugin.mitigation.Mitigations;
import org.plumbline.plugin.pipeline.AuditPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/**
 * The plugin without a server around it: hosts attach the models they load and serve its routes.
 * Attaching never throws and never leaves a model without an answer. Thread-safe.
 */
public final class AuditRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditRuntime.class);

    private final ServerConfig config;
    private final InstantSource clock;
    private final AuditQueue queue;
    private final AuditMeters meters;
    private final AuditPipeline pipeline;
    private final ModelCatalog catalog = new ModelCatalog();
    private final Deliveries deliveries;
    private final Mitigations mitigations;
    private final Watches watches;
    private final AuditRoutes routes;

    private AuditRuntime(ServerConfig config, AuditMeters meters, InstantSource clock) {
        this.config = config;
        this.meters = meters;
        this.clock = clock;
        queue = new AuditQueue(config.queue());
        meters.queue(queue::depth);
        pipeline = AuditPipeline.start(queue, meters);
        meters.source(pipeline::snapshots);
        meters.effects(pipeline::effects);
        meters.evidence(pipeline::evidence);
        meters.prevalences(pipeline::prevalences);
        deliveries = new Deliveries(catalog, config, serverId(config), meters);
        mitigations = new Mitigations(meters, clock);
        watches = new Watches(meters, clock);
        routes = new AuditRoutes(catalog, pipeline, deliveries, mitigations, watches, meters);
    }

    /** Starts the audit thread; meters are closed with it. */
    public static AuditRuntime start(ServerConfig config, AuditMeters meters) {
        return new AuditRuntime(config, meters, InstantSource.system());
    }

    /** Returns the routes under {@code /audit}. */
    public AuditRoutes routes() {
        return routes;
    }

    /** Returns the meters. */
    public AuditMeters meters() {
        return meters;
    }

    /**
     * Attaches to a model: audited if its folder has a {@code plumbline.yaml} that can be followed.
     * Whatever goes wrong, the model stays as it was loaded and the state says why.
     *
     * @return ends the audit; closed with the model
     */
    public AutoCloseable attach(HostedModel hosted) {
        ModelEntry entry = entry(hosted);
        catalog.put(entry).ifPresent(this::end);
        deliveries.modelsChanged();
        return () -> detach(entry);
    }

    /** Ends every audit, in order: lines to workers, models, watches, audit thread, meters. */
    @Override
    public void close() {
        deliveries.close();
        catalog.all().forEach(this::detach);
        watches.close();
        pipeline.close();
        meters.close();
    }

    private ModelEntry entry(HostedModel hosted) {
        Path file = hosted.folder().resolve(AuditConfigLoader.FILE);
        if (!Files.isRegularFile(file)) {
            return unaudited(hosted, AuditState.UNAUDITED, "no " + AuditConfigLoader.FILE);
        }
        Block loaded = hosted.model().getBlock();
        try {
            AuditedModel audited = audit(hosted, AuditConfigLoader.load(file), loaded);
            Served served = audited.slot().current();
            LOG.info(
                    "{}: audited at {} as {}", hosted.key(), served.layer(), served.id().version());
            return new ModelEntry(
                    hosted.key(), served.id(), AuditState.AUDITED, "", Optional.of(audited));
        } catch (RuntimeException | LinkageError e) {
            hosted.model().setBlock(loaded);
            boolean told = e instanceof AuditException;
            LOG.warn(
                    "{}: served without an audit: {}",
                    hosted.key(),
                    e.getMessage(),
                    told ? null : e);
            return unaudited(hosted, AuditState.MISCONFIGURED, String.valueOf(e.getMessage()));
        }
    }

    private AuditedModel audit(HostedModel hosted, AuditConfig audit, Block loaded) {
        Model model = hosted.model();
        CapturingBlock capturing = new CapturingBlock(new PlainBlock(model, loaded));
        model.setBlock(capturing);
        TranslatorEncoder encoder =
                new TranslatorEncoder(model.newPredictor(hosted.translator()), capturing);
        ModelCache cache = ModelCache.open(config.cacheDirectory(), hosted.key());
        try {
            AuditedModel audited =
                    AuditedModel.open(
                            new AuditedModel.Parts(
                                    hosted.key(),
                                    audit,
                                    hosted.archive(),
                                    cache,
                                    model.getNDManager().getDevice(),
                                    encoder,
                                    new Publication(pipeline, meters),
                                    clock));
            capturing.answer(new SlotAnswer(audited.slot()));
            model.setBlock(
                    new AuditBlock(
                            audited.slot(),
                            audit.target(),
                            queue,
                            clock,
                            mitigations.open(hosted.key(), audited.slot()),
                            watch(audited, cache, model)));
            release(loaded, hosted);
            return audited;
        } catch (RuntimeException | LinkageError e) {
            encoder.close();
            throw e;
        }
    }

    private InputWatch watch(AuditedModel audited, ModelCache cache, Model model) {
        Optional<FairwashingSpec> spec = audited.config().fairwashing();
        return spec.isEmpty()
                ? InputWatch.NONE
                : watches.open(
                        audited.key(),
                        spec.get(),
                        new AuditedVersions(audited, cache, model.getNDManager().getDevice()));
    }

    /**
     * Frees the module the host loaded: what serves from now on is our own copy of it, whose {@code
     * forward} is the same. Its parameters are handles of their own that would keep the weights.
     */
    private static void release(Block loaded, HostedModel hosted) {
        if (loaded instanceof AutoCloseable closeable) {
            try {
                loaded.clear();
                closeable.close();
            } catch (Exception e) {
                LOG.warn("{}: the unused module stays in memory: {}", hosted.key(), e.toString());
            }
        }
    }

    private ModelEntry unaudited(HostedModel hosted, AuditState state, String reason) {
        ServedId id;
        try {
            id = ServedId.of(hosted.key(), Digest.of(hosted.archive()));
        } catch (IOException e) {
            id = new ServedId(hosted.key().name(), hosted.key().serverVersion().orElse("unknown"));
        }
        meters.serve(id, state, Optional.empty());
        return new ModelEntry(hosted.key(), id, state, reason, Optional.empty());
    }

    private void detach(ModelEntry entry) {
        if (catalog.remove(entry)) {
            end(entry);
            deliveries.modelsChanged();
        }
    }

    private void end(ModelEntry entry) {
        entry.audited()
                .ifPresentOrElse(
                        audited -> {
                            mitigations.close(audited.key(), audited.slot());
                            watches.close(audited.key(), audited.slot());
                            audited.close();
                        },
                        () -> meters.remove(entry.loaded()));
    }

    private static String serverId(ServerConfig config) {
        if (config.serverId().isPresent()) {
            return config.serverId().get();
        }
        Path file = config.cacheDirectory().resolve("server-id");
        try {
            if (Files.isRegularFile(file)) {
                return Files.readString(file).strip();
            }
            Files.createDirectories(config.cacheDirectory());
            String drawn = "server-" + UUID.randomUUID();
            Files.writeString(file, drawn + "\n");
            return drawn;
        } catch (IOException e) {
            LOG.warn("{}: not kept, a restart announces another id: {}", file, e.toString());
            return "server-" + UUID.randomUUID();
        }
    }
}
