package org.plumbline.plugin.delivery;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.plugin.concept.ConceptLibrary;
import org.plumbline.plugin.delivery.DeliveryLedger.Entry;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.plumbline.plugin.repair.DeliveryReport.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files one model is served from: the model file and what was delivered to take its place.
 * Immutable but for the ledger.
 *
 * @param original the model file
 */
record ServedArchives(ModelKey key, Path original, ModelCache cache, DeliveryLedger ledger) {
    private static final Logger LOG = LoggerFactory.getLogger(ServedArchives.class);

    static ServedArchives open(AuditedModel.Parts parts) {
        try {
            DeliveryLedger ledger = DeliveryLedger.open(parts.cache(), Digest.of(parts.archive()));
            return new ServedArchives(parts.key(), parts.archive(), parts.cache(), ledger);
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.BAD_ARCHIVE, "archive: " + parts.archive() + ": " + e, e);
        }
    }

    /** Returns the file of a digest. */
    Path of(Digest digest) {
        return digest.equals(ledger.origin()) ? original : cache.delivered(digest);
    }

    /** Returns the file that a delivered archive took the place of, as long as it is kept. */
    Optional<Path> replaced(Digest served) {
        return ledger.current()
                .filter(e -> e.archive().equals(served))
                .map(e -> of(e.source()))
                .filter(Files::isRegularFile);
    }

    /**
     * Stages what served last: the delivered archive if the model file is the one it repairs, else
     * the model file.
     */
    Staged first(Stager stager, ConceptLibrary library) {
        Optional<Entry> delivered = ledger.current();
        if (delivered.isPresent()) {
            try {
                Staged served = stager.stage(verified(delivered.get().archive()), library);
                LOG.info("{}: serving delivery {} again", key, delivered.get().id());
                return served;
            } catch (IOException | RuntimeException e) {
                LOG.error(
                        "{}: delivery {} cannot be served again, the model file is: {}",
                        key,
                        delivered.get().id(),
                        e.toString());
                ledger.settle(delivered.get().with(Step.ROLLED_BACK));
            }
        }
        return stager.stage(original, library);
    }

    private Path verified(Digest digest) throws IOException {
        Path archive = cache.delivered(digest);
        if (!Digest.of(archive).equals(digest)) {
            throw new AuditException(
                    ErrorCode.BAD_ARCHIVE, archive + ": changed since it was delivered");
        }
        RepairedArchive.verify(archive);
        return archive;
    }

    /** Removes delivered archives that neither serve nor served just before. */
    void sweep(Set<Digest> needed) {
        Set<Path> keep = needed.stream().map(cache::delivered).collect(Collectors.toSet());
        try (Stream<Path> files = Files.list(cache.deliveries())) {
            for (Path file : files.filter(f -> !keep.contains(f)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("{}: old deliveries not removed: {}", key, e.toString());
        }
    }
}
