package org.plumbline.worker.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Flattens a YAML file and the environment to settings by dotted key. Thread-safe. */
final class SettingsSource {
    static final String PREFIX = "PLUMBLINE_WORKER_";

    /** Tells servers and clients where their worker is; may stand in a shared environment. */
    private static final Set<String> OTHERS = Set.of("PLUMBLINE_WORKER_TARGET");

    private SettingsSource() {}

    static Map<String, Settings.Setting> file(Path file, Problems problems) {
        Map<String, Settings.Setting> settings = new TreeMap<>();
        try {
            JsonNode root = new ObjectMapper(new YAMLFactory()).readTree(Files.readString(file));
            if (root.isObject()) {
                flatten(file.toString(), "", root, settings);
            } else if (!root.isMissingNode() && !root.isNull()) {
                problems.add(file.toString(), root.getNodeType(), "a mapping of keys to values");
            }
        } catch (JacksonException e) {
            problems.add(file.toString(), e.getOriginalMessage(), "YAML");
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.NOT_FOUND, file + ": unreadable (expected: a YAML file)", e);
        }
        return settings;
    }

    /** Takes {@code PLUMBLINE_WORKER_*}; the longest section prefix decides where a dot goes. */
    static Map<String, Settings.Setting> environment(Map<String, String> environment) {
        Map<String, Settings.Setting> settings = new TreeMap<>();
        environment.forEach(
                (name, value) ->
                        key(name)
                                .ifPresent(
                                        key ->
                                                settings.put(
                                                        key, new Settings.Setting(name, value))));
        return settings;
    }

    private static Optional<String> key(String name) {
        if (!name.startsWith(PREFIX) || OTHERS.contains(name)) {
            return Optional.empty();
        }
        String key = name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-');
        return Optional.of(key.replaceFirst("^(gate|limits|probe|tls)-", "$1."));
    }

    private static void flatten(
            String file, String prefix, JsonNode node, Map<String, Settings.Setting> settings) {
        node.properties()
                .forEach(
                        entry -> {
                            String key = prefix + entry.getKey();
                            if (entry.getValue().isObject()) {
                                flatten(file, key + ".", entry.getValue(), settings);
                            } else {
                                String text =
                                        entry.getValue().isValueNode()
                                                ? entry.getValue().asText()
                                                : entry.getValue().toString();
                                settings.put(key, new Settings.Setting(file + ": " + key, text));
                            }
                        });
    }
}
