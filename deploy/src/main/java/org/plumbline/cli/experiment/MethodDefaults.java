package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.correction.Correction;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;

/** The parameters of each method in the table, from {@code clarc-methods.yaml}. Immutable. */
final class MethodDefaults {
    private static final String FILE = "clarc-methods.yaml";

    private final JsonNode root;

    private MethodDefaults(JsonNode root) {
        this.root = root;
    }

    static MethodDefaults load() {
        try (InputStream in = MethodDefaults.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + ": missing (expected: in the jar)");
            }
            return new MethodDefaults(new ObjectMapper(new YAMLFactory()).readTree(in));
        } catch (IOException e) {
            throw new AuditException(ErrorCode.UNAVAILABLE, FILE + ": " + e, e);
        }
    }

    /**
     * Returns the parameters of an entry.
     *
     * @param epochs replaces those of the file if both are positive: 0 trains nothing
     * @throws AuditException {@code INVALID_ARGUMENT} if the entry or a parameter is unknown
     */
    Map<String, String> parameters(String entry, Study study, long seed, int epochs) {
        Map<String, String> parameters = new TreeMap<>();
        JsonNode node = root.path(entry);
        add(node.path("parameters"), parameters);
        add(node.path(study.label()), parameters);
        parameters.put("seed", String.valueOf(seed));
        if (epochs > 0 && !parameters.getOrDefault("epochs", "0").equals("0")) {
            parameters.put("epochs", String.valueOf(epochs));
        }
        Correction.of(method(entry), parameters); // unknown ones are refused before any work
        return parameters;
    }

    /** Returns the method of an entry; entries may try one method with several parameters. */
    String method(String entry) {
        return root.path(entry).path("method").asText(entry);
    }

    private static void add(JsonNode from, Map<String, String> parameters) {
        from.properties().forEach(p -> parameters.put(p.getKey(), p.getValue().asText()));
    }
}
