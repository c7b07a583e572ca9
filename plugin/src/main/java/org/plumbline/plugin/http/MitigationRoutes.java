package org.plumbline.plugin.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.plugin.intercept.MitigationCounts;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.plumbline.plugin.mitigation.Mitigation;
import org.plumbline.plugin.mitigation.Mitigations;
import org.plumbline.plugin.mitigation.ModelMitigations;
import org.plumbline.plugin.mitigation.ModelMitigations.Active;

import java.util.List;
import java.util.Optional;

/** Mitigations over HTTP. Thread-safe. */
final class MitigationRoutes {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Mitigations mitigations;

    MitigationRoutes(Mitigations mitigations) {
        this.mitigations = mitigations;
    }

    /**
     * Answers below {@code /audit/models/NAME/mitigations}; none if there is no such resource.
     *
     * @param below the parts of the path behind it
     */
    Optional<AuditResponse> handle(AuditRequest request, ModelKey key, List<String> below) {
        if (below.size() > 1) {
            return Optional.empty();
        }
        ModelMitigations model = of(key);
        return Optional.of(
                below.isEmpty() ? all(request, model) : one(request, model, below.get(0)));
    }

    private AuditResponse all(AuditRequest request, ModelMitigations model) {
        return switch (request.method()) {
            case "GET", "HEAD" -> AuditResponse.json(200, list(model));
            case "POST" -> {
                Active started = model.start(MitigationBody.parse(request.body()));
                yield AuditResponse.json(201, node(JSON.createObjectNode(), started));
            }
            case "DELETE" -> {
                model.stopAll();
                yield AuditResponse.json(200, list(model));
            }
            default -> AuditRoutes.notAllowed(request, "GET, POST, DELETE");
        };
    }

    private AuditResponse one(AuditRequest request, ModelMitigations model, String id) {
        return switch (request.method()) {
            case "GET", "HEAD" ->
                    AuditResponse.json(200, node(JSON.createObjectNode(), on(model, id)));
            case "DELETE" -> {
                model.stop(id);
                yield AuditResponse.json(200, list(model));
            }
            default -> AuditRoutes.notAllowed(request, "GET, DELETE");
        };
    }

    private static Active on(ModelMitigations model, String id) {
        return model.active().stream()
                .filter(a -> a.mitigation().id().equals(id))
                .findFirst()
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.NOT_FOUND, "mitigation", id, "one that is on"));
    }

    private ModelMitigations of(ModelKey key) {
        return mitigations
                .of(key)
                .orElseThrow(
                        () ->
                                new AuditException(
                                        ErrorCode.FAILED_PRECONDITION, key + ": is not audited"));
    }

    private static ObjectNode list(ModelMitigations model) {
        ObjectNode node = JSON.createObjectNode();
        write(node, model);
        return node;
    }

    /** Adds a model's mitigations and what became of requests to its description. */
    void describe(ObjectNode node, ModelKey key) {
        mitigations.of(key).ifPresent(model -> write(node, model));
    }

    private static void write(ObjectNode node, ModelMitigations model) {
        ArrayNode array = node.putArray("mitigations");
        model.active().forEach(active -> node(array.addObject(), active));
        MitigationCounts counts = model.counts();
        node.putObject("mitigated_requests")
                .put("mitigated", counts.mitigatedRequests())
                .put("failed", counts.failedRequests());
    }

    private static ObjectNode node(ObjectNode node, Active active) {
        Mitigation mitigation = active.mitigation();
        return node.put("id", mitigation.id())
                .put("concept", mitigation.order().concept().value())
                .put("mode", Mitigation.MODE)
                .put("strength", mitigation.order().strength())
                .put("level", mitigation.level())
                .put("from", mitigation.from().toString())
                .put("ends", mitigation.ends().toString())
                .put("remaining_seconds", active.remaining().toSeconds())
                .put("by", mitigation.order().by());
    }
}
