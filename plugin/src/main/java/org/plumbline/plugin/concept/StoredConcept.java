package org.plumbline.plugin.concept;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * An uploaded concept as the library remembers it; its examples stay on disk. Immutable.
 *
 * @param content digests and settings
 * @param upload digest of the body that was sent
 * @param negativesOf concept whose negatives were taken
 * @param bytes of the examples as model inputs
 * @param at when it came
 */
public record StoredConcept(
        ConceptId name,
        ConceptContent content,
        Digest upload,
        Optional<ConceptId> negativesOf,
        long bytes,
        Instant at) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns it as JSON. */
    ObjectNode json() {
        ObjectNode node = JSON.createObjectNode();
        FitSettings settings = content.settings();
        node.put("concept", name.value())
                .put("cav", settings.cav().label())
                .put("pooling", settings.pooling().name())
                .put("seed", settings.seed())
                .put("upload_sha256", upload.hex())
                .put("bytes", bytes)
                .put("at", at.toString());
        side(node.putObject("positives"), content.positives());
        side(node.putObject("negatives"), content.negatives());
        negativesOf.ifPresent(other -> node.put("negatives_of", other.value()));
        return node;
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @throws AuditException {@code BAD_DATA} if something is missing or out of range
     */
    static StoredConcept read(JsonNode node) {
        try {
            FitSettings settings =
                    new FitSettings(
                            CavKind.parse(node.path("cav").asText()),
                            Pooling.valueOf(node.path("pooling").asText()),
                            node.path("seed").asLong());
            return new StoredConcept(
                    new ConceptId(node.path("concept").asText()),
                    new ConceptContent(
                            side(node.path("positives")), side(node.path("negatives")), settings),
                    new Digest(node.path("upload_sha256").asText()),
                    Optional.ofNullable(node.get("negatives_of"))
                            .map(n -> new ConceptId(n.asText())),
                    node.path("bytes").asLong(),
                    Instant.parse(node.path("at").asText()));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new AuditException(ErrorCode.BAD_DATA, "concept.json: " + e.getMessage(), e);
        }
    }

    private static void side(ObjectNode node, ConceptContent.Side side) {
        node.put("count", side.count()).put("sha256", side.digest().hex());
    }

    private static ConceptContent.Side side(JsonNode node) {
        return new ConceptContent.Side(
                node.path("count").asInt(), new Digest(node.path("sha256").asText()));
    }
}
