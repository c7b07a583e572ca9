package org.plumbline.core.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** One case folder: parameters, inputs and expected results, all as its expected.json says. */
final class ReferenceCase {
    private static final String DEFAULT = "src/test/resources/reference";

    private final Path folder;
    private final JsonNode json;

    private ReferenceCase(Path folder, JsonNode json) {
        this.folder = folder;
        this.json = json;
    }

    /** Returns the cases of {@code -Dplumbline.reference=DIR}, else of the project's copy. */
    static List<ReferenceCase> all() {
        Path root = Path.of(System.getProperty("plumbline.reference", DEFAULT));
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(f -> Files.exists(f.resolve("expected.json")))
                    .sorted(Comparator.naturalOrder())
                    .map(ReferenceCase::read)
                    .toList();
        } catch (IOException e) {
            throw new AssertionError("plumbline.reference: " + root + " (expected: a folder)", e);
        }
    }

    private static ReferenceCase read(Path folder) {
        try {
            return new ReferenceCase(
                    folder, new ObjectMapper().readTree(folder.resolve("expected.json").toFile()));
        } catch (IOException e) {
            throw new AssertionError(folder.toString(), e);
        }
    }

    String name() {
        return folder.getFileName().toString();
    }

    JsonNode parameter(String name) {
        JsonNode value = json.path("parameters").path(name);
        if (value.isMissingNode()) {
            throw new AssertionError(name() + ": no parameter " + name);
        }
        return value;
    }

    Path folder() {
        return folder;
    }

    boolean hasInput(String name) {
        return json.path("inputs").has(name);
    }

    FloatTensor input(String name) {
        return NpyFile.readFloats(file(json.path("inputs").path(name)));
    }

    long[] wholeInput(String name) {
        return NpyFile.readLongs(file(json.path("inputs").path(name)));
    }

    /** Returns the archives an input names: {@code x.*.pt} means traced and scripted. */
    List<Path> models() {
        return models(json.path("inputs").path("model").path("file").asText());
    }

    List<Path> models(String pattern) {
        List<Path> models = new ArrayList<>();
        for (String kind : List.of("trace", "script")) {
            models.add(folder.resolve(pattern.replace("*", kind)).normalize());
        }
        return models;
    }

    List<String> resultNames() {
        return StreamSupport.stream(
                        ((Iterable<String>) () -> json.path("results").fieldNames()).spliterator(),
                        false)
                .toList();
    }

    Expected result(String name) {
        JsonNode result = json.path("results").path(name);
        if (result.isMissingNode()) {
            throw new AssertionError(name() + ": no result " + name);
        }
        return new Expected(
                name() + "/" + name, result, result.has("file") ? file(result) : folder);
    }

    private Path file(JsonNode node) {
        return folder.resolve(node.path("file").asText()).normalize();
    }

    @Override
    public String toString() {
        return name();
    }
}
