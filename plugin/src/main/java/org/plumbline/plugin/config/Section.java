package org.plumbline.plugin.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One YAML mapping being read: every read names its key, what was never read is unknown. Confined
 * to one thread.
 */
final class Section {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final long LARGEST_FILE = 1 << 20;

    private final ObjectNode node;
    private final String prefix;
    private final Problems problems;
    private final Set<String> read = new TreeSet<>();

    private Section(ObjectNode node, String prefix, Problems problems) {
        this.node = node;
        this.prefix = prefix;
        this.problems = problems;
    }

    /** Returns the top mapping of a file; one that does not parse is one problem. */
    static Section parse(Path file, Problems problems) {
        YAMLMapper mapper =
                YAMLMapper.builder(new YAMLFactory())
                        .enable(
                                com.fasterxml.jackson.core.JsonParser.Feature
                                        .STRICT_DUPLICATE_DETECTION)
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .build();
        ObjectNode empty = mapper.createObjectNode();
        try {
            if (Files.size(file) > LARGEST_FILE) {
                problems.add("file", Files.size(file) + " bytes", "at most " + LARGEST_FILE);
                return new Section(empty, "", problems);
            }
            JsonNode tree = mapper.readTree(Files.readString(file, StandardCharsets.UTF_8));
            if (tree instanceof ObjectNode object) {
                return new Section(object, "", problems);
            }
            if (!tree.isMissingNode() && !tree.isNull()) {
                problems.add("file", tree.getNodeType(), "a mapping of keys");
            }
        } catch (JsonProcessingException e) {
            problems.add("line " + e.getLocation().getLineNr(), e.getOriginalMessage(), "YAML");
        } catch (IOException e) {
            throw new AuditException(ErrorCode.INVALID_ARGUMENT, file + ": unreadable: " + e, e);
        }
        return new Section(empty, "", problems);
    }

    boolean has(String key) {
        return node.hasNonNull(key);
    }

    Optional<String> text(String key) {
        return value(key, "text")
                .flatMap(v -> v.isValueNode() ? Optional.of(v.asText()) : bad(key, v, "text"));
    }

    /** Returns what {@code parser} makes of the text; its complaint becomes a problem. */
    <T> Optional<T> parsed(String key, Function<String, T> parser) {
        return text(key)
                .flatMap(
                        text -> {
                            try {
                                return Optional.of(parser.apply(text));
                            } catch (IllegalArgumentException e) {
                                problems.addMessage(prefix + key + ": " + text + " " + reason(e));
                                return Optional.empty();
                            }
                        });
    }

    <T> Optional<T> required(String key, String expected, Function<String, T> parser) {
        if (!has(key)) {
            read.add(key);
            problems.add(prefix + key, "missing", expected);
            return Optional.empty();
        }
        return parsed(key, parser);
    }

    boolean flag(String key, boolean standard) {
        String expected = "true or false";
        return value(key, expected)
                .flatMap(v -> v.isBoolean() ? Optional.of(v.asBoolean()) : bad(key, v, expected))
                .orElse(standard);
    }

    /** Returns what {@code parser} makes of every text of a list; complaints become problems. */
    <T> List<T> list(String key, Function<String, T> parser) {
        List<T> parsed = new ArrayList<>();
        Optional<JsonNode> list = value(key, "a list");
        if (list.isPresent() && !list.get().isArray()) {
            problems.add(prefix + key, list.get(), "a list");
            return parsed;
        }
        for (JsonNode item :
                list.map(List::of).orElse(List.of()).stream()
                        .flatMap(JsonNode::valueStream)
                        .toList()) {
            try {
                parsed.add(parser.apply(item.asText()));
            } catch (IllegalArgumentException e) {
                problems.addMessage(prefix + key + ": " + item.asText() + " " + reason(e));
            }
        }
        return parsed;
    }

    int whole(String key, int least, int most, int standard) {
        String expected = "whole number from " + least + " to " + most;
        return value(key, expected)
                .flatMap(
                        v ->
                                v.canConvertToInt()
                                                && v.isIntegralNumber()
                                                && v.asInt() >= least
                                                && v.asInt() <= most
                                        ? Optional.of(v.asInt())
                                        : bad(key, v, expected))
                .orElse(standard);
    }

    double number(String key, double least, double most, double standard) {
        String expected = "number from " + least + " to " + most;
        return value(key, expected)
                .flatMap(
                        v ->
                                v.isNumber() && v.asDouble() >= least && v.asDouble() <= most
                                        ? Optional.of(v.asDouble())
                                        : bad(key, v, expected))
                .orElse(standard);
    }

    /** Returns a share in [0, 1], written as a number or in percent. */
    Optional<Double> ratio(String key) {
        String expected = "number in [0, 1] or percentage such as 5%";
        return value(key, expected)
                .flatMap(
                        v -> {
                            double share = share(v);
                            return share >= 0 && share <= 1
                                    ? Optional.of(share)
                                    : bad(key, v, expected);
                        });
    }

    Optional<Duration> duration(String key) {
        String expected = "duration such as 30s, 15m or 2h";
        return value(key, expected)
                .flatMap(
                        v -> {
                            Matcher matcher = DURATION.matcher(v.asText());
                            return matcher.matches() && !matcher.group(1).matches("0+")
                                    ? Optional.of(duration(matcher))
                                    : bad(key, v, expected);
                        });
    }

    Optional<Section> section(String key) {
        return value(key, "a mapping")
                .flatMap(
                        v ->
                                v instanceof ObjectNode object
                                        ? Optional.of(
                                                new Section(object, prefix + key + ".", problems))
                                        : bad(key, v, "a mapping"));
    }

    List<Section> sections(String key, String expected) {
        List<Section> sections = new ArrayList<>();
        Optional<JsonNode> list = value(key, expected);
        if (list.isPresent() && !list.get().isArray()) {
            problems.add(prefix + key, list.get(), expected);
            return sections;
        }
        for (JsonNode item :
                list.map(List::of).orElse(List.of()).stream()
                        .flatMap(n -> n.valueStream())
                        .toList()) {
            String name = prefix + key + "[" + sections.size() + "]";
            if (item instanceof ObjectNode object) {
                sections.add(new Section(object, name + ".", problems));
            } else {
                problems.add(name, item, "a mapping");
            }
        }
        return sections;
    }

    void problem(String key, Object value, String expected) {
        problems.add(prefix + key, value, expected);
    }

    /** Reports the keys nobody read. */
    void refuseUnknown() {
        node.fieldNames()
                .forEachRemaining(
                        key -> {
                            if (!read.contains(key)) {
                                problems.add(
                                        prefix + key,
                                        "unknown key",
                                        "one of " + String.join(", ", read));
                            }
                        });
    }

    private Optional<JsonNode> value(String key, String expected) {
        read.add(key);
        if (node.has(key) && node.get(key).isNull()) {
            problems.add(prefix + key, "empty", expected);
        }
        return Optional.ofNullable(node.get(key)).filter(v -> !v.isNull());
    }

    private <T> Optional<T> bad(String key, JsonNode value, String expected) {
        problems.add(prefix + key, value.isTextual() ? value.asText() : value, expected);
        return Optional.empty();
    }

    private static double share(JsonNode value) {
        if (value.isNumber()) {
            return value.asDouble();
        }
        String text = value.asText().strip();
        try {
            return text.endsWith("%")
                    ? Double.parseDouble(text.substring(0, text.length() - 1).strip()) / 100
                    : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static Duration duration(Matcher matcher) {
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static String reason(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        int from = message.indexOf("(expected");
        return from < 0 ? "(" + message + ")" : message.substring(from);
    }
}
