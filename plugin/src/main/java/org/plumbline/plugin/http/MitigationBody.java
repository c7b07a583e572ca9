package org.plumbline.plugin.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.plugin.mitigation.Mitigation;
import org.plumbline.plugin.mitigation.MitigationOrder;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the body of a mitigation request, telling all problems at once. Thread-safe. */
final class MitigationBody {
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(
                            com.fasterxml.jackson.core.JsonParser.Feature
                                    .STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final List<String> KEYS =
            List.of("concept", "duration", "mode", "strength", "level", "by");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(s|m|h)");

    private final JsonNode tree;
    private final List<String> problems = new ArrayList<>();

    private MitigationBody(JsonNode tree) {
        this.tree = tree;
    }

    /**
     * Returns the order.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} with all problems
     */
    static MitigationOrder parse(byte[] body) {
        return new MitigationBody(tree(body)).order();
    }

    private MitigationOrder order() {
        tree.fieldNames()
                .forEachRemaining(
                        key -> {
                            if (!KEYS.contains(key)) {
                                problems.add(key + ": unknown key (expected: one of " + KEYS + ")");
                            }
                        });
        String mode = text("mode", Mitigation.MODE);
        if (!mode.equals(Mitigation.MODE)) {
            problems.add("mode: " + mode + " (expected: " + Mitigation.MODE + ")");
        }
        String concept = text("concept", "");
        Duration duration = duration(text("duration", "1h"));
        double strength = number("strength").orElse(1);
        OptionalDouble level = number("level");
        String by = text("by", "unknown");
        if (!problems.isEmpty()) {
            throw new AuditException(ErrorCode.INVALID_ARGUMENT, String.join("; ", problems));
        }
        return new MitigationOrder(new ConceptId(concept), strength, level, duration, by);
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
                    ErrorCode.INVALID_ARGUMENT,
                    "body: " + e.getOriginalMessage().lines().findFirst().orElse("not JSON"),
                    e);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.INVALID_ARGUMENT, "body: " + e, e);
        }
    }

    private String text(String key, String standard) {
        JsonNode node = tree.path(key);
        if (node.isMissingNode() && !standard.isEmpty()) {
            return standard;
        }
        if (!node.isTextual() || node.asText().isBlank()) {
            problems.add(
                    key + ": " + (node.isMissingNode() ? "missing" : node) + " (expected: text)");
            return standard;
        }
        return node.asText();
    }

    private OptionalDouble number(String key) {
        JsonNode node = tree.path(key);
        if (node.isMissingNode()) {
            return OptionalDouble.empty();
        }
        if (!node.isNumber()) {
            problems.add(key + ": " + node + " (expected: a number)");
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(node.asDouble());
    }

    private Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            problems.add("duration: " + text + " (expected: such as 90s, 30m or 1h)");
            return Duration.ofHours(1);
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }
}
