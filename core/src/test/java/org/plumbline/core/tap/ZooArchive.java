package org.plumbline.core.tap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An archive of the model zoo and what PyTorch's hooks say of it; {@code zoo/README.md} tells how
 * the numbers were made. Immutable.
 */
record ZooArchive(Path file, JsonNode reference) {
    private static final int PROJECTIONS = 3;

    /** Returns the archives below a folder, by name. */
    static List<ZooArchive> below(Path folder) throws IOException {
        List<ZooArchive> archives = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".pt")).sorted().toList()) {
                String model = file.getFileName().toString().split("\\.", -1)[0];
                Path json = file.resolveSibling(model + ".json");
                archives.add(new ZooArchive(file, new ObjectMapper().readTree(json.toFile())));
            }
        }
        return archives;
    }

    /** Returns such as {@code torch1/resnet18.script}. */
    String name() {
        String name = file.getFileName().toString();
        return file.getName(file.getNameCount() - 2) + "/" + name.substring(0, name.length() - 3);
    }

    /** Returns the input of the reference numbers. */
    FloatTensor input() {
        long[] shape = new long[reference.path("input").size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = reference.path("input").path(i).longValue();
        }
        FloatTensor input = FloatTensor.zeros(shape);
        for (int i = 0; i < input.values().length; i++) {
            input.values()[i] = (float) ramp(i, 0);
        }
        return input;
    }

    /** Returns the number of modules that PyTorch called. */
    int layers() {
        return reference.path("layers").size();
    }

    /** Returns the paths of this kind of export that name a call or an element. */
    List<String> named() {
        List<String> names = new ArrayList<>();
        reference.path(kind()).fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Returns the largest difference of logits from PyTorch's. */
    double logitError(float[] logits) {
        double worst = 0;
        for (int i = 0; i < logits.length; i++) {
            double expected = reference.path("logits").path(i).doubleValue();
            worst = Math.max(worst, Math.abs(logits[i] - expected));
        }
        return worst;
    }

    /**
     * Returns how far a gradient is from PyTorch's, relative to its norm: the largest difference of
     * the norm and of three products with fixed vectors. None if PyTorch did not call the module.
     */
    Optional<Double> gradientError(String layer, float[] gradient) {
        JsonNode expected = reference.path(kind()).path(layer);
        if (expected.isMissingNode()) {
            expected = reference.path("layers").path(layer);
        }
        if (expected.isMissingNode()) {
            return Optional.empty();
        }
        double squares = 0;
        double[] products = new double[PROJECTIONS];
        for (int i = 0; i < gradient.length; i++) {
            squares += (double) gradient[i] * gradient[i];
            for (int k = 0; k < PROJECTIONS; k++) {
                products[k] += gradient[i] * ramp(i, k);
            }
        }
        double norm = expected.path("norm").doubleValue();
        double worst = Math.abs(Math.sqrt(squares) - norm);
        for (int k = 0; k < PROJECTIONS; k++) {
            double product = expected.path("projections").path(k).doubleValue();
            worst = Math.max(worst, Math.abs(products[k] - product));
        }
        return Optional.of(worst == 0 ? 0 : worst / norm);
    }

    private String kind() {
        return file.getFileName().toString().split("\\.", -1)[1];
    }

    /** As in {@code export_zoo.py}. */
    private static double ramp(long i, long k) {
        return ((i * i * 31 + i * 7919 + k * 104729) % 10007) / 5003.5 - 1;
    }

    @Override
    public String toString() {
        return name();
    }
}
