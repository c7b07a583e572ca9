package org.plumbline.plugin.delivery;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.plugin.config.AuditConfig;
import org.plumbline.plugin.config.ConceptSpec;
import org.plumbline.plugin.delivery.DeliveryLedger.Entry;
import org.plumbline.plugin.delivery.Stager.Staged;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.plumbline.plugin.intercept.ServedSlot;
import org.plumbline.plugin.repair.CheckpointOffer;
import org.plumbline.plugin.repair.DeliveryReport.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One audited model: what serves, what served before, what is staged to serve next. A failure at
 * any step leaves the served module as it was. Thread-safe; steps of deliveries exclude each other.
 */
public final class AuditedModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditedModel.class);
    private static final Duration STAGED_FOR = Duration.ofMinutes(10);

    private final ModelKey key;
    private final AuditConfig config;
    private final Path original;
    private final ModelCache cache;
    private final Stager stager;
    private final InputEncoder encoder;
    private final Publication publication;
    private final InstantSource clock;
    private final DeliveryLedger ledger;
    private final ServedSlot slot;
    private List<ConceptExamples> examples;
    private @Nullable Candidate candidate;
    private Staged live;
    private @Nullable Staged previous;
    private volatile @Nullable DeliveryStatus status;
    private boolean closed;

    private AuditedModel(Parts parts, DeliveryLedger ledger, List<ConceptExamples> examples) {
        key = parts.key();
        config = parts.config();
        original = parts.archive();
        cache = parts.cache();
        stager = parts.stager();
        encoder = parts.encoder();
        publication = parts.publication();
        clock = parts.clock();
        this.ledger = ledger;
        this.examples = examples;
        live = first(parts, ledger, examples);
        slot = new ServedSlot(live.served());
        publication.open(slot.current(), config, live.tests());
    }

    /**
     * Stages what served last: the delivered archive if the model file is the one it repairs, else
     * the model file.
     *
     * @throws AuditException naming what in the configuration cannot be followed
     */
    public static AuditedModel open(Parts parts) {
        ExampleReader reader = new ExampleReader(parts.encoder());
        List<ConceptExamples> examples = new ArrayList<>();
        for (ConceptSpec spec : parts.config().concepts()) {
            examples.add(parts.cache().kept(spec).orElseGet(() -> reader.read(spec)));
        }
        try {
            DeliveryLedger ledger = DeliveryLedger.open(parts.cache(), Digest.of(parts.archive()));
            return new AuditedModel(parts, ledger, examples);
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.BAD_ARCHIVE, "archive: " + parts.archive() + ": " + e, e);
        }
    }

    private static Staged first(
            Parts parts, DeliveryLedger ledger, List<ConceptExamples> examples) {
        Optional<Entry> delivered = ledger.current();
        if (delivered.isPresent()) {
            Path archive = parts.cache().delivered(delivered.get().archive());
            try {
                if (!Digest.of(archive).equals(delivered.get().archive())) {
                    throw new AuditException(
                            ErrorCode.BAD_ARCHIVE, archive + ": changed since it was delivered");
                }
                RepairedArchive.verify(archive);
                Staged served = parts.stager().stage(archive, examples);
                LOG.info("{}: serving delivery {} again", parts.key(), delivered.get().id());
                return served;
            } catch (IOException | RuntimeException e) {
                LOG.error(
                        "{}: delivery {} cannot be served again, the model file is: {}",
                        parts.key(),
                        delivered.get().id(),
                        e.toString());
                ledger.settle(withStep(delivered.get(), Step.ROLLED_BACK));
            }
        }
        return parts.stager().stage(parts.archive(), examples);
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
        return slot;
    }

    /** Returns the last news about deliveries. */
    public Optional<DeliveryStatus> status() {
        return Optional.ofNullable(status);
    }

    /** Returns the file of what serves now. */
    public Path archive() {
        Digest digest = slot.current().digest();
        return digest.equals(ledger.origin()) ? original : cache.delivered(digest);
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
        Digest served = slot.current().digest();
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
        Staged staged = stager.stage(archive, examples);
        try {
            Map<String, Double> numbers = Comparison.of(live.logits(), staged.logits());
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
        Staged old = exchange(next.staged());
        letGoOfPrevious();
        previous = old;
        news(id, offer.checkpoint(), Step.PROMOTED, "serving");
        sweep(Set.of(offer.checkpoint(), offer.source()));
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
        ledger.settle(withStep(entry, Step.ROLLED_BACK));
        exchange(back).served().release();
        news(id, entry.archive(), Step.ROLLED_BACK, reason);
    }

    /** Notes that a delivery failed; what serves is untouched. */
    synchronized void failed(CheckpointOffer offer, String reason) {
        news(offer.id(), offer.checkpoint(), Step.FAILED, reason);
    }

    /**
     * Replaces the examples of one concept, fits it anew and audits along it from then on.
     *
     * @throws AuditException {@code NOT_FOUND} for a concept the configuration does not name,
     *     {@code BAD_DATA} if the examples are no good
     */
    public synchronized void replace(ConceptId name, byte[] upload) {
        ConceptSpec spec =
                config.concepts().stream()
                        .filter(c -> c.name().equals(name))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        AuditException.of(
                                                ErrorCode.NOT_FOUND,
                                                "concept",
                                                name,
                                                "one of "
                                                        + config.concepts().stream()
                                                                .map(c -> c.name().value())
                                                                .collect(
                                                                        Collectors.joining(", "))));
        ConceptExamples fresh = new ExampleReader(encoder).read(spec, upload);
        List<ConceptExamples> next = new ArrayList<>(examples);
        next.replaceAll(e -> e.name().equals(name) ? fresh : e);
        discard(); // its CAVs would be the old ones; the worker's offer is staged anew
        Staged staged = stager.stage(archive(), next);
        try {
            cache.keep(fresh);
        } catch (AuditException e) {
            staged.served().release();
            throw e;
        }
        examples = next;
        exchange(staged).served().release();
        letGoOfPrevious();
    }

    /** Ends the audit; calls under way end first. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        discard();
        letGoOfPrevious();
        publication.close(live.served().id());
        live.served().release();
        encoder.close();
    }

    private Staged exchange(Staged next) {
        Staged old = live;
        ServedId from = old.served().id();
        ServedId to = next.served().id();
        publication.open(next.served(), config, next.tests());
        slot.swap(next.served());
        live = next;
        if (!from.equals(to)) {
            publication.close(from);
        }
        LOG.info("{}: serving {} in place of {}", key, to.version(), from.version());
        return old;
    }

    private Staged before(Entry entry) {
        Staged kept = previous;
        if (kept != null && kept.served().digest().equals(entry.source())) {
            previous = null;
            return kept;
        }
        boolean file = entry.source().equals(ledger.origin());
        Path archive = file ? original : cache.delivered(entry.source());
        return stager.stage(archive, examples);
    }

    private void discard() {
        if (candidate != null) {
            candidate.staged().served().release();
            candidate = null;
        }
    }

    private void letGoOfPrevious() {
        if (previous != null) {
            previous.served().release();
            previous = null;
        }
    }

    private void news(String id, Digest archive, Step step, String detail) {
        status = new DeliveryStatus(id, archive, step, detail, clock.instant());
        LOG.info("{}: delivery {} {}: {}", key, id, step, detail);
    }

    /** Removes delivered archives that neither serve nor served just before. */
    private void sweep(Set<Digest> needed) {
        Set<Path> keep = needed.stream().map(cache::delivered).collect(Collectors.toSet());
        try (Stream<Path> files = Files.list(cache.deliveries())) {
            for (Path file : files.filter(f -> !keep.contains(f)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("{}: old deliveries not removed: {}", key, e.toString());
        }
    }

    private static Entry withStep(Entry entry, Step step) {
        return new Entry(entry.id(), entry.archive(), entry.source(), step);
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
            InstantSource clock) {
        Stager stager() {
            return new Stager(key, config, cache, device);
        }
    }
}
