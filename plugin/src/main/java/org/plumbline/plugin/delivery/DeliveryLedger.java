package org.plumbline.plugin.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.plugin.repair.DeliveryReport.Step;
import org.plumbline.plugin.store.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which deliveries were promoted or rolled back, on disk, so that a restart serves what was served
 * before. Settled by one thread at a time, read by any.
 */
final class DeliveryLedger {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLedger.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 100;

    private final Path file;
    private final Digest origin;
    private volatile List<Entry> entries;

    private DeliveryLedger(Path file, Digest origin, List<Entry> entries) {
        this.file = file;
        this.origin = origin;
        this.entries = List.copyOf(entries);
    }

    /**
     * Reads the ledger of a model file. One kept for other contents of the file is left out: the
     * deliveries repaired something else.
     *
     * @param origin digest of the model file
     */
    static DeliveryLedger open(ModelCache cache, Digest origin) {
        Path file = cache.folder().resolve("deliveries.json");
        if (!Files.isRegularFile(file)) {
            return new DeliveryLedger(file, origin, List.of());
        }
        try {
            JsonNode tree = JSON.readTree(Files.readString(file));
            if (!tree.path("origin").asText().equals(origin.hex())) {
                LOG.warn("{}: kept for another model file, not applied", file);
                return new DeliveryLedger(file, origin, List.of());
            }
            List<Entry> entries = new ArrayList<>();
            tree.path("deliveries").forEach(node -> entries.add(Entry.read(node)));
            return new DeliveryLedger(file, origin, entries);
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{}: unreadable, not applied: {}", file, e.toString());
            return new DeliveryLedger(file, origin, List.of());
        }
    }

    /** Returns the digest of the model file itself. */
    Digest origin() {
        return origin;
    }

    /** Returns the delivery that serves: the last one promoted and not rolled back. */
    Optional<Entry> current() {
        return entries.stream().filter(e -> e.step() == Step.PROMOTED).reduce((a, b) -> b);
    }

    /** Returns what was settled about a delivery. */
    Optional<Entry> find(String id) {
        return entries.stream().filter(e -> e.id().equals(id)).findFirst();
    }

    /**
     * Settles a delivery, on disk first.
     *
     * @throws AuditException {@code RESOURCE_EXHAUSTED} if it cannot be written; nothing changed
     */
    void settle(Entry entry) {
        List<Entry> next = new ArrayList<>(entries);
        next.removeIf(e -> e.id().equals(entry.id()));
        next.add(entry);
        if (next.size() > LONGEST) {
            next.remove(0);
        }
        write(next);
        entries = List.copyOf(next);
    }

    private void write(List<Entry> next) {
        ObjectNode tree = JSON.createObjectNode();
        tree.put("origin", origin.hex());
        ArrayNode list = tree.putArray("deliveries");
        next.forEach(e -> e.write(list.addObject()));
        try {
            WholeFile.write(file, tree.toPrettyString());
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.RESOURCE_EXHAUSTED, "deliveries: cannot be recorded: " + e, e);
        }
    }

    /**
     * One settled delivery. Immutable.
     *
     * @param archive digest delivered
     * @param source digest served before
     */
    record Entry(String id, Digest archive, Digest source, Step step) {
        static Entry read(JsonNode node) {
            return new Entry(
                    node.path("id").asText(),
                    new Digest(node.path("archive").asText()),
                    new Digest(node.path("source").asText()),
                    Step.valueOf(node.path("step").asText()));
        }

        Entry with(Step next) {
            return new Entry(id, archive, source, next);
        }

        void write(ObjectNode node) {
            node.put("id", id)
                    .put("archive", archive.hex())
                    .put("source", source.hex())
                    .put("step", step.name());
        }
    }
}
