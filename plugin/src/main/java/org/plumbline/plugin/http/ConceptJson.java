package org.plumbline.plugin.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.model.ConceptId;
import org.plumbline.plugin.concept.ConceptContent;
import org.plumbline.plugin.concept.ConceptLibrary;
import org.plumbline.plugin.concept.FitSettings;
import org.plumbline.plugin.concept.StoredConcept;
import org.plumbline.plugin.delivery.AuditedModel;
import org.plumbline.plugin.delivery.ConceptStatus;
import org.plumbline.plugin.pipeline.AuditPipeline;

import java.util.Locale;

/** The concept library as JSON. Thread-safe. */
final class ConceptJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AuditPipeline pipeline;

    ConceptJson(AuditPipeline pipeline) {
        this.pipeline = pipeline;
    }

    ObjectNode list(AuditedModel model) {
        ObjectNode node = JSON.createObjectNode();
        ArrayNode concepts = node.putArray("concepts");
        long bytes = 0;
        for (ConceptStatus status : model.concepts().all()) {
            concepts.add(concept(model, status));
            bytes += status.concept().upload().map(StoredConcept::bytes).orElse(0L);
        }
        node.put("uploaded_bytes", bytes);
        node.putObject("limits")
                .put("concepts", model.concepts().most())
                .put("uploaded_bytes", ConceptLibrary.MOST_BYTES)
                .put("series", model.config().maxSeries());
        return node;
    }

    /** Returns a concept with every recorded fit, the latest first. */
    ObjectNode detailed(AuditedModel model, ConceptId name) {
        ObjectNode node = concept(model, model.concepts().named(name));
        ArrayNode fits = node.putArray("fits");
        model.concepts().fits(name).forEach(fit -> fits.insert(0, fit));
        return node;
    }

    private ObjectNode concept(AuditedModel model, ConceptStatus status) {
        ConceptContent content = status.concept().content();
        FitSettings settings = content.settings();
        ObjectNode node = JSON.createObjectNode();
        node.put("concept", status.concept().name().value())
                .put("source", status.concept().upload().isPresent() ? "upload" : "configuration")
                .put("declared", status.concept().configured())
                .put("state", status.fitted().isPresent() ? "audited" : "unfit");
        status.unfit().ifPresent(reason -> node.put("reason", reason));
        node.put("cav", settings.cav().label())
                .put("pooling", settings.pooling().name().toLowerCase(Locale.ROOT))
                .put("seed", settings.seed());
        side(node.putObject("positives"), content.positives());
        side(node.putObject("negatives"), content.negatives());
        status.concept().upload().ifPresent(upload -> upload(node.putObject("upload"), upload));
        node.put("series", series(model, status.concept().name()));
        status.fitted().ifPresent(fitted -> node.set("fit", model.concepts().fit(fitted)));
        return node;
    }

    private long series(AuditedModel model, ConceptId name) {
        return pipeline.snapshots().keySet().stream()
                .filter(key -> key.id().equals(model.slot().current().id()))
                .filter(key -> key.concept().equals(name))
                .count();
    }

    private static void side(ObjectNode node, ConceptContent.Side side) {
        node.put("count", side.count()).put("sha256", side.digest().hex());
    }

    private static void upload(ObjectNode node, StoredConcept upload) {
        node.put("at", upload.at().toString())
                .put("sha256", upload.upload().hex())
                .put("bytes", upload.bytes());
        upload.negativesOf().ifPresent(other -> node.put("negatives_of", other.value()));
    }
}
