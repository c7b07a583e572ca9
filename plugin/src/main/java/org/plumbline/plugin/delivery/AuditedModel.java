package org.plumbline.plugin.delivery;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.plugin.concept.ConceptLibrary;
import org.plumbline.plugin.concept.ExampleReader;
import org.plumbline.plugin.concept.InputEncoder;
import org.plumbline.plugin.config.AuditConfig;
import org.plumbline.plugin.delivery.DeliveryLedger.Entry;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.repair.CheckpointOffer;
import org.plumbline.plugin.repair.DeliveryReport.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * One audited model: what serves, what served before, what is staged to serve next. A failure at
 * any step leaves the served module as it was. Thread-safe; steps of deliveries exclude each other.
 */
public final class AuditedModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditedModel.class);
    private static final Duration STAGED_FOR = Duration.ofMinutes(10);

    private final ModelKey key;
    private final AuditConfig config;
    private final ModelCache cache;
    private final Stager stager;
    private final InputEncoder encoder;
    private final InstantSource clock;
    private final ServedArchives archives;
    private final DeliveryLedger ledger;
    private final ConceptLibrary library;
    private final ModelConcepts concepts;
    private final Serving serving;
    private @Nullable Candidate candidate;
    private volatile @Nullable DeliveryStatus status;
    private boolean closed;

    private AuditedModel(Parts parts, ConceptLibrary library, ServedArchives archives) {
        key = parts.key();
        config = parts.config();
        cache = parts.cache();
        stager = new Stager(parts);
        encoder = parts.encoder();
        clock = parts.clock();
        this.archives = archives;
        ledger = archives.ledger();
        this.library = library;
        Staged first = archives.first(stager, library);
        serving = new Serving(config, parts.publication(), first);
        concepts = new ModelConcepts(library, stager, clock, new Change());
    }

    /**
     * Stages what served last: the delivered archive if the model file is the one it repairs, else
     * the model file.
     *
     * @throws AuditException naming what in the configuration cannot be followed
     */
    public static AuditedModel open(Parts parts) {
        ConceptLibrary library =
                ConceptLibrary.open(
                        parts.config().concepts(),
                        new ExampleReader(parts.encoder()),
                        parts.cache().concepts(),
                        parts.config().maxSeries());
        return new AuditedModel(parts, library, ServedArchives.open(parts));
    }

    /** Returns what the server calls it. */
    public ModelKey key() {
        return key;
    }

    /** Returns its configuration. */
    public AuditConfig config() {
        return config;
    }

    /** Returns where what serves is looked up by requests. */
    public ServedSlot slot() {
        return serving.slot();
    }

    /** Returns the last news about deliveries. */
    public Optional<DeliveryStatus> status() {
        return Optional.ofNullable(status);
    }

    /** Returns the file of what serves now. */
    public Path archive() {
        return archives.of(serving.live().served().digest());
    }

    /** Returns the file of the version that a delivered one took the place of; never waits. */
    public Optional<Path> replaced() {
        return archives.replaced(serving.live().served().digest());
    }

    /**
     * Returns once an archive may run in this process: one with a loop of unstated length runs in a
     * child process first.
     *
     * @throws AuditException {@code BAD_ARCHIVE} if it does not end
     */
    public void requireEnding(Path archive) {
        stager.requireEnding(archive, library);
    }

    /** Returns the folder downloads go to. */
    public Path downloads() {
        return cache.deliveries();
    }

    /** Returns what was settled about a delivery before. */
    synchronized Optional<Step> settled(String id) {
        if (candidate != null && candidate.offer().id().equals(id)) {
            return Optional.of(Step.STAGED);
        }
        return ledger.find(id).map(Entry::step);
    }

    /**
     * Checks that an offer may be taken.
     *
     * @throws AuditException {@code FAILED_PRECONDITION} if it repairs something else or another
     *     delivery waits for its promotion
     */
    synchronized void admit(CheckpointOffer offer) {
        if (closed) {
            throw new AuditException(ErrorCode.FAILED_PRECONDITION, key + ": is being unloaded");
        }
        Digest served = serving.live().served().digest();
        if (!offer.source().equals(served)) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION, "source_sha256", offer.source(), "" + served);
        }
        Candidate waiting = candidate;
        if (waiting != null && clock.instant().isBefore(waiting.at().plus(STAGED_FOR))) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION,
                    "delivery",
                    offer.id(),
                    "no other than " + waiting.offer().id() + ", which waits for its promotion");
        }
    }

    /**
     * Loads a downloaded checkpoint beside what serves and compares the two.
     *
     * @return numbers of the candidate by name
     * @throws AuditException if it is not fit to serve
     */
    synchronized Map<String, Double> stage(CheckpointOffer offer, Path archive) {
        admit(offer);
        discard();
        RepairedArchive.verify(archive);
        Staged staged = stager.stage(archive, library);
        try {
            Map<String, Double> numbers = Comparison.of(serving.live().logits(), staged.logits());
            candidate = new Candidate(offer, staged, clock.instant());
            news(offer.id(), offer.checkpoint(), Step.STAGED, "waits for its promotion");
            return numbers;
        } catch (AuditException e) {
            staged.served().release();
            throw e;
        }
    }

    /**
     * Serves the staged checkpoint. Recorded on disk first, then switched.
     *
     * @throws AuditException {@code NOT_FOUND} if it is not staged
     */
    synchronized void promote(String id) {
        Candidate next = candidate;
        if (next == null || !next.offer().id().equals(id)) {
            throw AuditException.of(ErrorCode.NOT_FOUND, "delivery", id, "a staged delivery");
        }
        CheckpointOffer offer = next.offer();
        try {
            ledger.settle(new Entry(id, offer.checkpoint(), offer.source(), Step.PROMOTED));
        } catch (AuditException e) {
            discard(); // the worker hears of the failure and may offer again
            throw e;
        }
        candidate = null;
        serving.promote(next.staged());
        news(id, offer.checkpoint(), Step.PROMOTED, "serving");
        archives.sweep(Set.of(offer.checkpoint(), offer.source()));
    }

    /**
     * Drops a staged delivery, or serves again what served before a promoted one.
     *
     * @throws AuditException {@code NOT_FOUND} if it is neither staged nor the last one promoted
     */
    synchronized void rollBack(String id, String reason) {
        if (candidate != null && candidate.offer().id().equals(id)) {
            CheckpointOffer offer = candidate.offer();
            discard();
            ledger.settle(new Entry(id, offer.checkpoint(), offer.source(), Step.ROLLED_BACK));
            news(id, offer.checkpoint(), Step.ROLLED_BACK, reason);
            return;
        }
        Entry entry =
                ledger.current()
                        .filter(e -> e.id().equals(id))
                        .orElseThrow(
                                () ->
                                        AuditException.of(
                                                ErrorCode.NOT_FOUND,
                                                "delivery",
                                                id,
                                                "staged, or the last one promoted"));
        Staged back = before(entry);
        ledger.settle(entry.with(Step.ROLLED_BACK));
        serving.replace(back);
        news(id, entry.archive(), Step.ROLLED_BACK, reason);
    }

    /** Notes that a delivery failed; what serves is untouched. */
    synchronized void failed(CheckpointOffer offer, String reason) {
        news(offer.id(), offer.checkpoint(), Step.FAILED, reason);
    }

    /** Returns the concepts it is audited along. */
    public ModelConcepts concepts() {
        return concepts;
    }

    private synchronized void change(UnaryOperator<Staged> staging, Runnable keep) {
        if (closed) {
            throw new AuditException(ErrorCode.FAILED_PRECONDITION, key + ": is being unloaded");
        }
        Staged next = staging.apply(serving.live());
        try {
            keep.run();
        } catch (RuntimeException e) {
            next.served().release();
            throw e;
        }
        follow(staging);
        serving.replace(next);
        serving.letGoOfPrevious(); // a rollback stages it along the new concepts
    }

    /** Lets a staged delivery follow; one that cannot is dropped. */
    private void follow(UnaryOperator<Staged> staging) {
        Candidate waiting = candidate;
        if (waiting == null) {
            return;
        }
        try {
            Staged next = staging.apply(waiting.staged());
            waiting.staged().served().release();
            candidate = new Candidate(waiting.offer(), next, waiting.at());
        } catch (RuntimeException e) {
            discard();
            failed(waiting.offer(), "concepts changed: " + e.getMessage());
        }
    }

    /** Ends the audit; calls under way end first. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        discard();
        serving.close();
        encoder.close();
    }

    private Staged before(Entry entry) {
        return serving.takePrevious(entry.source())
                .orElseGet(() -> stager.stage(archives.of(entry.source()), library));
    }

    private void discard() {
        if (candidate != null) {
            candidate.staged().served().release();
            candidate = null;
        }
    }

    private void news(String id, Digest archive, Step step, String detail) {
        status = new DeliveryStatus(id, archive, step, detail, clock.instant());
        LOG.info("{}: delivery {} {}: {}", key, id, step, detail);
    }

    private final class Change implements ModelConcepts.Versions {
        @Override
        public ConceptSet audited() {
            return serving.live().concepts();
        }

        @Override
        public void change(UnaryOperator<Staged> staging, Runnable keep) {
            AuditedModel.this.change(staging, keep);
        }
    }

    private record Candidate(CheckpointOffer offer, Staged staged, Instant at) {}

    /**
     * What an audited model is made of. Immutable.
     *
     * @param archive the model file
     */
    public record Parts(
            ModelKey key,
            AuditConfig config,
            Path archive,
            ModelCache cache,
            ai.djl.Device device,
            InputEncoder encoder,
            Publication publication,
            InstantSource clock) {}
}
