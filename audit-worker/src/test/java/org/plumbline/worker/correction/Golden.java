package org.plumbline.worker.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A case of numbers of published code: our own copies first, then those of core. */
public record Golden(Path folder, JsonNode json) {
    private static final List<Path> ROOTS =
            List.of(
                    Path.of("src", "test", "resources", "reference"),
                    Path.of("..", "core", "src", "test", "resources", "reference"));

    public static Golden of(String name) throws IOException {
        for (Path root : ROOTS) {
            Path folder = root.resolve(name);
            Path file = folder.resolve("expected.json");
            if (Files.exists(file)) {
                return new Golden(folder, new ObjectMapper().readTree(file.toFile()));
            }
        }
        throw new AssertionError("no case " + name);
    }

    public FloatTensor input(String name) {
        return NpyFile.readFloats(file(json.path("inputs").path(name)));
    }

    public long[] wholeInput(String name) {
        return NpyFile.readLongs(file(json.path("inputs").path(name)));
    }

    /** Returns a file beside the case, as {@code ../models/small_cnn.script.pt}. */
    public static Path shared(String name) {
        return ROOTS.stream()
                .map(root -> root.resolve(name))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no file " + name));
    }

    public double parameter(String name) {
        return json.path("parameters").path(name).asDouble(Double.NaN);
    }

    public JsonNode value(String result) {
        return json.path("results").path(result).path("value");
    }

    /** Asserts that numbers agree with a stored array or list within its tolerance. */
    public void matches(String result, float[] actual) {
        JsonNode node = json.path("results").path(result);
        float[] expected;
        if (node.has("file")) {
            expected = NpyFile.readFloats(file(node)).values();
        } else {
            expected = new float[node.path("value").size()];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = (float) node.path("value").get(i).asDouble(Double.NaN);
            }
        }
        assertThat(actual).as(result).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            near(result + "[" + i + "]", result, expected[i], actual[i]);
        }
    }

    /** Asserts that a number agrees with another within the tolerance of a result. */
    public void near(String what, String result, double expected, double actual) {
        JsonNode tolerance = json.path("results").path(result).path("tolerance");
        assertThat(tolerance.isMissingNode()).as(result).isFalse();
        double allowed =
                tolerance.path("atol").asDouble()
                        + tolerance.path("rtol").asDouble() * Math.abs(expected);
        assertThat(actual).as(what).isCloseTo(expected, within(allowed));
    }

    private Path file(JsonNode node) {
        String name = node.path("file").asText();
        assertThat(name).isNotEmpty();
        return name.startsWith("../") ? shared(name.substring(3)) : folder.resolve(name);
    }
}
