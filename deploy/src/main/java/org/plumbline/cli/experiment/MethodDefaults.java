package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.correction.Correction;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The parameters of each method of a table, from a file of resources. Immutable. */
final class MethodDefaults {
    private final JsonNode root;

    private MethodDefaults(JsonNode root) {
        this.root = root;
    }

    /** Reads a file that lies beside this class. */
    static MethodDefaults load(String file) {
        try (InputStream in = MethodDefaults.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + ": missing (expected: in the jar)");
            }
            return new MethodDefaults(new ObjectMapper(new YAMLFactory()).readTree(in));
        } catch (IOException e) {
            throw new AuditException(ErrorCode.UNAVAILABLE, file + ": " + e, e);
        }
    }

    /**
     * Returns the parameters of an entry.
     *
     * @param sections of the entry whose values replace those before them; an entry may lack them
     * @throws AuditException {@code INVALID_ARGUMENT} if the entry or a parameter is unknown
     */
    Map<String, String> parameters(String entry, List<String> sections, long seed) {
        Map<String, String> parameters = new TreeMap<>();
        JsonNode node = root.path(entry);
        add(node.path("parameters"), parameters);
        sections.forEach(section -> add(node.path(section), parameters));
        parameters.put("seed", String.valueOf(seed));
        Correction.of(method(entry), parameters); // unknown ones are refused before any work
        return parameters;
    }

    /** Returns the method of an entry; entries may try one method with several parameters. */
    String method(String entry) {
        return root.path(entry).path("method").asText(entry);
    }

    /** Returns the entries that have a section of a name, in the order of the file. */
    List<String> entriesWith(String section) {
        return root.properties().stream()
                .filter(entry -> entry.getValue().has(section))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static void add(JsonNode from, Map<String, String> parameters) {
        from.properties().forEach(p -> parameters.put(p.getKey(), p.getValue().asText()));
    }
}
