package org.plumbline.plugin.http;

import com.fasterxml.jackson.databind.JsonNode;

import org.plumbline.plugin.config.AuditConfig;
import org.plumbline.plugin.repair.CorrectionOrder;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;

/** Reads the body of a correction request, telling all problems at once. Thread-safe. */
final class CorrectionBody {
    private static final List<String> KEYS =
            List.of(
                    "request_id",
                    "dataset",
                    "method",
                    "layer",
                    "concept",
                    "target_class",
                    "parameters",
                    "gate_mode");

    private CorrectionBody() {}

    static CorrectionOrder parse(byte[] bytes, String model, AuditConfig config) {
        JsonBody body = JsonBody.parse(bytes, KEYS);
        String dataset = body.text("dataset", "");
        String gate = body.text("gate_mode", "enforce");
        if (!gate.equals("enforce") && !gate.equals("report-only")) {
            body.problem("gate_mode", gate, "enforce or report-only");
        }
        JsonNode target = body.node("target_class");
        if (!target.isMissingNode() && !(target.canConvertToInt() && target.asInt() >= 0)) {
            body.problem("target_class", target, "class index");
        }
        CorrectionOrder order =
                new CorrectionOrder(
                        body.text("request_id", UUID.randomUUID().toString()),
                        model,
                        dataset,
                        body.text("method", "rr-clarc"),
                        body.text("layer", config.layer().value()),
                        body.text("concept", config.concepts().get(0).name().value()),
                        target.isMissingNode()
                                ? OptionalInt.empty()
                                : OptionalInt.of(target.asInt()),
                        parameters(body),
                        gate.equals("report-only"));
        body.requireSound();
        return order;
    }

    private static Map<String, String> parameters(JsonBody body) {
        JsonNode node = body.node("parameters");
        Map<String, String> parameters = new HashMap<>();
        if (!node.isMissingNode() && !node.isObject()) {
            body.problem("parameters", node, "an object");
        }
        node.properties()
                .forEach(
                        e -> {
                            if (e.getValue().isContainerNode()) {
                                String key = "parameters." + e.getKey();
                                body.problem(key, e.getValue(), "text or number");
                            }
                            parameters.put(e.getKey(), e.getValue().asText());
                        });
        return parameters;
    }
}
