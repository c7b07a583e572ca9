package org.plumbline.plugin.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.plugin.config.AuditConfig;
import org.plumbline.plugin.repair.CorrectionOrder;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/** Reads the body of a correction request, telling all problems at once. Thread-safe. */
final class CorrectionBody {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> KEYS =
            Set.of(
                    "request_id",
                    "dataset",
                    "method",
                    "layer",
                    "concept",
                    "target_class",
                    "parameters",
                    "gate_mode");

    private CorrectionBody() {}

    static CorrectionOrder parse(byte[] body, String model, AuditConfig config) {
        JsonNode tree = tree(body);
        List<String> problems = new ArrayList<>();
        tree.fieldNames()
                .forEachRemaining(
                        key -> {
                            if (!KEYS.contains(key)) {
                                problems.add(key + ": unknown key (expected: one of " + KEYS + ")");
                            }
                        });
        String dataset = text(tree, "dataset", "", problems);
        String gate = text(tree, "gate_mode", "enforce", problems);
        if (!gate.equals("enforce") && !gate.equals("report-only")) {
            problems.add("gate_mode: " + gate + " (expected: enforce or report-only)");
        }
        JsonNode target = tree.path("target_class");
        if (!target.isMissingNode() && !(target.canConvertToInt() && target.asInt() >= 0)) {
            problems.add("target_class: " + target + " (expected: class index)");
        }
        CorrectionOrder order =
                new CorrectionOrder(
                        text(tree, "request_id", UUID.randomUUID().toString(), problems),
                        model,
                        dataset,
                        text(tree, "method", "rr-clarc", problems),
                        text(tree, "layer", config.layer().value(), problems),
                        text(tree, "concept", config.concepts().get(0).name().value(), problems),
                        target.isMissingNode()
                                ? OptionalInt.empty()
                                : OptionalInt.of(target.asInt()),
                        parameters(tree.path("parameters"), problems),
                        gate.equals("report-only"));
        if (!problems.isEmpty()) {
            throw new AuditException(ErrorCode.INVALID_ARGUMENT, String.join("; ", problems));
        }
        return order;
    }

    private static JsonNode tree(byte[] body) {
        try {
            JsonNode tree = JSON.readTree(body);
            if (tree.isObject()) {
                return tree;
            }
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "body", tree.getNodeType(), "a JSON object");
        } catch (JsonProcessingException e) {
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT, "body: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.INVALID_ARGUMENT, "body: " + e, e);
        }
    }

    private static String text(JsonNode tree, String key, String standard, List<String> problems) {
        JsonNode node = tree.path(key);
        if (node.isMissingNode() && !standard.isEmpty()) {
            return standard;
        }
        if (!node.isTextual() || node.asText().isBlank()) {
            problems.add(
                    key + ": " + (node.isMissingNode() ? "missing" : node) + " (expected: text)");
        }
        return node.asText();
    }

    private static Map<String, String> parameters(JsonNode node, List<String> problems) {
        Map<String, String> parameters = new HashMap<>();
        if (!node.isMissingNode() && !node.isObject()) {
            problems.add("parameters: " + node + " (expected: an object)");
        }
        node.properties()
                .forEach(
                        e -> {
                            if (e.getValue().isContainerNode()) {
                                problems.add(
                                        "parameters."
                                                + e.getKey()
                                                + ": "
                                                + e.getValue()
                                                + " (expected: text or number)");
                            }
                            parameters.put(e.getKey(), e.getValue().asText());
                        });
        return parameters;
    }
}
