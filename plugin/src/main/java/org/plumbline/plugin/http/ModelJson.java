package org.plumbline.plugin.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.window.ConceptSnapshot;
import org.plumbline.core.window.DecayedSnapshot;
import org.plumbline.plugin.config.AuditConfig;
import org.plumbline.plugin.delivery.AuditedModel;
import org.plumbline.plugin.delivery.Deliveries;
import org.plumbline.plugin.delivery.DeliveryStatus;
import org.plumbline.plugin.delivery.ModelEntry;
import org.plumbline.plugin.intercept.SampleCounts.Outcome;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.pipeline.AuditPipeline;
import org.plumbline.plugin.pipeline.SeriesEvidence;
import org.plumbline.plugin.pipeline.SeriesKey;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Models as JSON. Thread-safe. */
final class ModelJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Comparator<SeriesKey> ORDER =
            Comparator.comparing(SeriesKey::concept).thenComparingInt(SeriesKey::target);

    private final AuditPipeline pipeline;
    private final Deliveries deliveries;
    private final MitigationRoutes mitigations;
    private final FairwashingRoutes fairwashing;

    ModelJson(
            AuditPipeline pipeline,
            Deliveries deliveries,
            MitigationRoutes mitigations,
            FairwashingRoutes fairwashing) {
        this.mitigations = mitigations;
        this.fairwashing = fairwashing;
        this.pipeline = pipeline;
        this.deliveries = deliveries;
    }

    ObjectNode list(Iterable<ModelEntry> entries) {
        ObjectNode node = JSON.createObjectNode();
        ArrayNode models = node.putArray("models");
        entries.forEach(entry -> models.add(model(entry)));
        return node;
    }

    ObjectNode model(ModelEntry entry) {
        ServedId id = entry.id();
        ObjectNode node = JSON.createObjectNode();
        node.put("name", id.model()).put("version", id.version());
        entry.key().serverVersion().ifPresent(v -> node.put("server_version", v));
        node.put("state", entry.state().label());
        if (!entry.reason().isEmpty()) {
            node.put("reason", entry.reason());
        }
        entry.audited().ifPresent(audited -> audited(node, audited));
        return node;
    }

    private void audited(ObjectNode node, AuditedModel model) {
        Served served = model.slot().current();
        AuditConfig config = model.config();
        node.put("archive_sha256", served.digest().hex());
        node.put("layer", served.layer().value());
        node.put("gradient", served.module().gradient());
        config.output().ifPresent(output -> node.put("output", output.value()));
        node.put(
                "target",
                config.target() == AuditConfig.PREDICTED ? "predicted" : "" + config.target());
        node.putObject("sampling")
                .put("rate", config.sampling().rate())
                .put("current_rate", served.sampler().rate())
                .put("overhead_ratio", served.sampler().overheadRatio());
        ObjectNode samples = node.putObject("samples");
        for (Outcome outcome : Outcome.values()) {
            samples.put(outcome.name().toLowerCase(Locale.ROOT), served.counts().of(outcome));
        }
        concepts(node.putArray("concepts"), served.id());
        prevalences(node.putArray("prevalences"), served.id());
        cavs(node.putArray("cavs"), served);
        mitigations.describe(node, model.key());
        fairwashing.describe(node, model.key());
        model.status().ifPresent(status -> delivery(node.putObject("delivery"), status));
        deliveries
                .link(model)
                .ifPresent(
                        link ->
                                node.putObject("worker")
                                        .put("target", link.target().target())
                                        .put("attached", link.attached()));
    }

    private void concepts(ArrayNode array, ServedId id) {
        Map<SeriesKey, SeriesEvidence> evidence = pipeline.evidence();
        pipeline.snapshots().entrySet().stream()
                .filter(e -> e.getKey().id().equals(id))
                .sorted(Map.Entry.comparingByKey(ORDER))
                .forEach(
                        e -> {
                            ObjectNode node = array.addObject();
                            concept(node, e.getKey(), e.getValue());
                            Optional.ofNullable(evidence.get(e.getKey()))
                                    .ifPresent(tests -> EvidenceJson.write(node, tests));
                        });
    }

    private void prevalences(ArrayNode array, ServedId id) {
        pipeline.prevalences().entrySet().stream()
                .filter(e -> e.getKey().id().equals(id))
                .sorted(Comparator.comparing(e -> e.getKey().concept()))
                .forEach(
                        e ->
                                EvidenceJson.write(
                                        array.addObject()
                                                .put("concept", e.getKey().concept().value())
                                                .put("layer", e.getKey().layer().value()),
                                        e.getValue()));
    }

    private void concept(ObjectNode node, SeriesKey key, ConceptSnapshot snapshot) {
        node.put("concept", key.concept().value())
                .put("layer", key.layer().value())
                .put("class", key.target())
                .put("samples", snapshot.samples())
                .put("score", snapshot.score())
                .put("score_standard_error", snapshot.scoreStandardError())
                .put("score_lower", snapshot.lower())
                .put("score_upper", snapshot.upper())
                .put("location_score", snapshot.locationScore())
                .put("sensitivity", snapshot.sensitivity())
                .put("sensitivity_standard_error", snapshot.sensitivityStandardError())
                .put("sensitivity_abs", snapshot.magnitude())
                .put("positive_samples_total", snapshot.totalPositive())
                .put("samples_total", snapshot.totalCounted());
        snapshot.sensitivityBounds()
                .ifPresent(
                        bounds ->
                                node.put("sensitivity_lower", bounds.lower())
                                        .put("sensitivity_upper", bounds.upper()));
        Optional.ofNullable(pipeline.effects().get(key))
                .ifPresent(effect -> EffectJson.write(node.putObject("effect"), effect));
        snapshot.decayed().ifPresent(decayed -> decayed(node.putObject("decayed"), decayed));
    }

    private static void decayed(ObjectNode node, DecayedSnapshot decayed) {
        node.put("effective_samples", decayed.effectiveSamples())
                .put("score", decayed.score())
                .put("score_standard_error", decayed.scoreStandardError())
                .put("sensitivity", decayed.sensitivity())
                .put("sensitivity_standard_error", decayed.sensitivityStandardError())
                .put("sensitivity_abs", decayed.magnitude());
    }

    private static void cavs(ArrayNode array, Served served) {
        for (ConceptId concept : served.concepts()) {
            Optional.ofNullable(served.qualities().get(concept))
                    .ifPresent(quality -> cav(array.addObject(), concept, quality));
        }
    }

    private static void cav(ObjectNode node, ConceptId concept, CavQuality quality) {
        node.put("concept", concept.value())
                .put("separability", quality.separation().separability())
                .put("auc", quality.separation().auc());
        if (!Double.isNaN(quality.heldOutAuc())) {
            node.put("held_out_auc", quality.heldOutAuc());
        }
        quality.stability().ifPresent(s -> node.put("stability", s.mean()));
        node.put("poor", quality.poor().isPresent());
        quality.poor().ifPresent(reason -> node.put("reason", reason));
    }

    private static void delivery(ObjectNode node, DeliveryStatus status) {
        node.put("id", status.id())
                .put("sha256", status.archive().hex())
                .put("state", status.step().name().toLowerCase(Locale.ROOT))
                .put("detail", status.detail())
                .put("at", status.at().toString());
    }
}
