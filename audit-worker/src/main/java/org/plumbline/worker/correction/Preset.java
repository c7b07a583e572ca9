package org.plumbline.worker.correction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A published configuration by name: parameter {@code preset} of a request stands for all of its
 * parameters. They are listed in {@code presets.yaml} beside this class. Immutable.
 *
 * @param method it configures
 * @param source publication or code the values are from
 */
public record Preset(String name, String method, String source, Map<String, String> parameters) {
    /** Name of the parameter that names a preset. */
    public static final String PARAMETER = "preset";

    private static final String RESOURCE = "presets.yaml";
    private static final Map<String, Preset> ALL = read();

    /** Copies the parameters. */
    public Preset {
        parameters = Map.copyOf(parameters);
    }

    /** Returns the known names. */
    public static SortedSet<String> names() {
        return new TreeSet<>(ALL.keySet());
    }

    /**
     * Returns a preset.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} naming the known ones
     */
    public static Preset of(String name) {
        Preset preset = ALL.get(name);
        if (preset == null) {
            throw refused(name, "one of " + String.join(", ", names()));
        }
        return preset;
    }

    /**
     * Returns parameters with those of the preset they name, if they name one, behind them: a value
     * that is given wins.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if the preset is unknown or of another method
     */
    static Map<String, String> expanded(String method, Map<String, String> given) {
        String name = given.get(PARAMETER);
        if (name == null) {
            return given;
        }
        Preset preset = of(name);
        if (!preset.method().equals(method)) {
            throw refused(name, "a preset of " + method + "; this one is of " + preset.method());
        }
        Map<String, String> expanded = new TreeMap<>(preset.parameters());
        expanded.putAll(given);
        expanded.remove(PARAMETER);
        return expanded;
    }

    private static AuditException refused(String name, String expected) {
        return AuditException.of(ErrorCode.INVALID_ARGUMENT, PARAMETER, name, expected);
    }

    private static Map<String, Preset> read() {
        try (InputStream in = Preset.class.getResourceAsStream(RESOURCE)) {
            JsonNode file = new ObjectMapper(new YAMLFactory()).readTree(in);
            Map<String, Preset> presets = new LinkedHashMap<>();
            file.fieldNames().forEachRemaining(name -> presets.put(name, preset(name, file)));
            return Map.copyOf(presets);
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE, e);
        }
    }

    private static Preset preset(String name, JsonNode file) {
        JsonNode entry = file.path(name);
        Map<String, String> parameters = new TreeMap<>();
        collect(name, file, parameters);
        return new Preset(
                name, entry.path("method").asText(), entry.path("source").asText(), parameters);
    }

    private static void collect(String name, JsonNode file, Map<String, String> to) {
        JsonNode entry = file.path(name);
        if (entry.has("extends")) {
            collect(entry.path("extends").asText(), file, to);
        }
        entry.path("parameters")
                .properties()
                .forEach(p -> to.put(p.getKey(), p.getValue().asText()));
    }
}
