package org.plumbline.worker.job;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.model.Digest;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.worker.correction.Correction;
import org.plumbline.worker.store.Json;
import org.plumbline.worker.training.TrainingStep;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a repaired archive comes from, as it is sealed into it. Immutable.
 *
 * @param source digest of the archive it was made from
 * @param data digest over all files of the data set
 * @param changed names of the tensors that differ from the source
 * @param findings of the method, such as the share of weights that pruning keeps, by phase
 * @param outcome numbers before and after; its checkpoint is not written, the seal covers it
 */
record ProvenanceManifest(
        Digest source,
        Digest data,
        RepairRecipe recipe,
        Correction correction,
        List<String> changed,
        List<TrainingStep> findings,
        Measured outcome,
        Map<String, String> versions) {
    /** Evaluations and decision. */
    record Measured(
            org.plumbline.worker.evaluation.EvaluationReport before,
            org.plumbline.worker.evaluation.EvaluationReport after,
            org.plumbline.worker.gate.GateDecision gate) {}

    ObjectNode json() {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("format", RepairedArchive.FORMAT);
        json.put("source_sha256", source.hex());
        json.put("method", correction.method());
        Map<String, String> parameters = correction.parameters();
        json.set("parameters", Json.mapper().valueToTree(parameters));
        recipe.layer().ifPresent(layer -> json.put("layer", layer.value()));
        recipe.concept().ifPresent(concept -> json.put("concept", concept.value()));
        recipe.targetClass().ifPresent(target -> json.put("target_class", target));
        json.put("data_sha256", data.hex());
        if (parameters.containsKey("seed")) {
            json.put("seed", parameters.get("seed"));
        }
        json.set("changed_tensors", Json.mapper().valueToTree(changed));
        if (!findings.isEmpty()) {
            ObjectNode found = json.putObject("findings");
            findings.forEach(
                    step ->
                            new TreeMap<>(step.losses())
                                    .forEach(found.putObject(step.phase())::put));
        }
        json.set("versions", Json.mapper().valueToTree(versions));
        json.set("before", Json.mapper().valueToTree(outcome.before()));
        json.set("after", Json.mapper().valueToTree(outcome.after()));
        json.set("gate", Json.mapper().valueToTree(outcome.gate()));
        return json;
    }
}
