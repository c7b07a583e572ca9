package org.plumbline.worker.dataset;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;

import org.plumbline.worker.config.Problems;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * How an image becomes an input: resized to {@code height x width}, values in [0, 1], then {@code
 * (value - mean) / std} per channel. Immutable.
 *
 * @param channels 1 (grey) or 3 (red, green, blue)
 */
record Preprocess(int height, int width, int channels, List<Double> mean, List<Double> std) {
    static final String FILE = "preprocess.yaml";
    private static final int LARGEST = 4096;
    private static final Set<String> KEYS = Set.of("size", "mean", "std", "channels");

    Preprocess {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
    }

    /** Returns values in [0, 1] as they are in the file. */
    static Preprocess plain(int height, int width, int channels) {
        return new Preprocess(
                height,
                width,
                channels,
                Collections.nCopies(channels, 0.0),
                Collections.nCopies(channels, 1.0));
    }

    /** Reads {@code preprocess.yaml}; empty with problems added if anything in it is wrong. */
    static Optional<Preprocess> load(Path folder, Problems problems) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            problems.add(FILE, "missing", "size, and mean, std, channels where they differ");
            return Optional.empty();
        }
        try {
            JsonNode root = new ObjectMapper(new YAMLFactory()).readTree(Files.readString(file));
            return parse(root, problems);
        } catch (JacksonException e) {
            problems.add(FILE, e.getOriginalMessage(), "YAML");
            return Optional.empty();
        }
    }

    private static Optional<Preprocess> parse(JsonNode root, Problems problems) {
        Problems own = new Problems();
        root.fieldNames()
                .forEachRemaining(
                        key -> {
                            if (!KEYS.contains(key)) {
                                own.add(FILE + ": " + key, "unknown", "one of " + KEYS);
                            }
                        });
        double[] size = numbers(root.path("size"), new double[0]);
        double[] mean = numbers(root.path("mean"), new double[0]);
        int channels = root.path("channels").asInt(mean.length == 1 ? 1 : 3);
        if (size.length < 1 || size.length > 2 || !Arrays.stream(size).allMatch(Preprocess::edge)) {
            own.add(FILE + ": size", root.path("size"), "edge or [height, width], 1 to " + LARGEST);
        }
        if (channels != 1 && channels != 3) {
            own.add(FILE + ": channels", root.path("channels"), "1 or 3");
        }
        double[] means = spread(mean, channels, 0);
        double[] stds = spread(numbers(root.path("std"), new double[0]), channels, 1);
        if (means.length != channels || !Arrays.stream(means).allMatch(Double::isFinite)) {
            own.add(FILE + ": mean", root.path("mean"), "a finite number per channel");
        }
        if (stds.length != channels || !Arrays.stream(stds).allMatch(s -> s > 0 && s < 1e9)) {
            own.add(FILE + ": std", root.path("std"), "a positive number per channel");
        }
        if (!own.isEmpty()) {
            problems.addAll(own);
            return Optional.empty();
        }
        return Optional.of(
                new Preprocess(
                        (int) size[0],
                        (int) size[size.length - 1],
                        channels,
                        Arrays.stream(means).boxed().toList(),
                        Arrays.stream(stds).boxed().toList()));
    }

    private static boolean edge(double value) {
        return value >= 1 && value <= LARGEST && value == Math.rint(value);
    }

    private static double[] spread(double[] given, int channels, double fallback) {
        double[] spread = new double[Math.max(channels, 0)];
        Arrays.fill(spread, given.length == 0 ? fallback : given[0]);
        return given.length <= 1 ? spread : given;
    }

    private static double[] numbers(JsonNode node, double[] absent) {
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (node.isArray()) {
            return StreamSupport.stream(node.spliterator(), false)
                    .mapToDouble(n -> n.isNumber() ? n.asDouble() : Double.NaN)
                    .toArray();
        }
        return new double[] {node.isNumber() ? node.asDouble() : Double.NaN};
    }
}
