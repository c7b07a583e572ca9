package org.plumbline.plugin.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A JSON object that was sent, read key by key; all problems are told at once. Not thread-safe. */
final class JsonBody {
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final JsonNode tree;
    private final List<String> problems = new ArrayList<>();

    private JsonBody(JsonNode tree, List<String> keys) {
        this.tree = tree;
        tree.fieldNames()
                .forEachRemaining(
                        key -> {
                            if (!keys.contains(key)) {
                                problems.add(key + ": unknown key (expected: one of " + keys + ")");
                            }
                        });
    }

    /**
     * Parses a body.
     *
     * @param keys that there may be
     * @throws AuditException {@code INVALID_ARGUMENT} if it is no JSON object
     */
    static JsonBody parse(byte[] body, List<String> keys) {
        try {
            JsonNode tree = JSON.readTree(body);
            if (tree.isObject()) {
                return new JsonBody(tree, keys);
            }
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "body", tree.getNodeType(), "a JSON object");
        } catch (JsonProcessingException e) {
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT,
                    "body: " + e.getOriginalMessage().lines().findFirst().orElse("not JSON"),
                    e);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.INVALID_ARGUMENT, "body: " + e, e);
        }
    }

    /** Returns what a key holds; a missing node without it. */
    JsonNode node(String key) {
        return tree.path(key);
    }

    /** Returns a text that is not blank; required if there is no standard. */
    String text(String key, String standard) {
        JsonNode node = tree.path(key);
        if (node.isMissingNode() && !standard.isEmpty()) {
            return standard;
        }
        if (!node.isTextual() || node.asText().isBlank()) {
            problem(key, node.isMissingNode() ? "missing" : node, "text");
            return standard;
        }
        return node.asText();
    }

    /** Returns a number if there is one. */
    OptionalDouble number(String key) {
        JsonNode node = tree.path(key);
        if (node.isMissingNode()) {
            return OptionalDouble.empty();
        }
        if (!node.isNumber()) {
            problem(key, node, "a number");
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(node.asDouble());
    }

    /** Notes a problem. */
    void problem(String key, Object value, String expected) {
        problems.add(key + ": " + value + " (expected: " + expected + ")");
    }

    /**
     * Ends the reading.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} with all problems
     */
    void requireSound() {
        if (!problems.isEmpty()) {
            throw new AuditException(ErrorCode.INVALID_ARGUMENT, String.join("; ", problems));
        }
    }
}
