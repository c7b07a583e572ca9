package org.plumbline.plugin.http;

import org.plumbline.core.model.ConceptId;
import org.plumbline.plugin.concept.ConceptUpload;
import org.plumbline.plugin.delivery.AuditedModel;
import org.plumbline.plugin.delivery.ConceptChange;
import org.plumbline.plugin.delivery.Deliveries;
import org.plumbline.plugin.pipeline.AuditPipeline;

/** The concept library of a model: {@code concepts} and {@code concepts/NAME}. Thread-safe. */
final class ConceptRoutes {
    private final Deliveries deliveries;
    private final ConceptJson json;

    ConceptRoutes(Deliveries deliveries, AuditPipeline pipeline) {
        this.deliveries = deliveries;
        json = new ConceptJson(pipeline);
    }

    /** Answers a request for the library. */
    AuditResponse library(AuditRequest request, AuditedModel model) {
        return switch (request.method()) {
            case "GET", "HEAD" -> AuditResponse.json(200, json.list(model));
            default -> AuditRoutes.notAllowed(request, "GET");
        };
    }

    /** Answers a request for one concept. */
    AuditResponse concept(AuditRequest request, AuditedModel model, String name) {
        ConceptId concept = new ConceptId(name);
        return switch (request.method()) {
            case "GET", "HEAD" -> AuditResponse.json(200, json.detailed(model, concept));
            case "PUT" -> put(request, model, concept);
            case "DELETE" -> delete(model, concept);
            default -> AuditRoutes.notAllowed(request, "GET, PUT, DELETE");
        };
    }

    private AuditResponse put(AuditRequest request, AuditedModel model, ConceptId name) {
        ConceptUpload upload = ConceptUpload.of(name, request.query(), request.body());
        ConceptChange change = deliveries.between(() -> model.concepts().put(upload));
        int status = change == ConceptChange.ADDED ? 201 : 200;
        return AuditResponse.json(status, json.detailed(model, name));
    }

    private AuditResponse delete(AuditedModel model, ConceptId name) {
        deliveries.between(
                () -> {
                    model.concepts().remove(name);
                    return name;
                });
        return AuditResponse.json(200, json.list(model));
    }
}
