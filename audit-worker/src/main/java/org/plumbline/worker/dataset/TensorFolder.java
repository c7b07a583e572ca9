package org.plumbline.worker.dataset;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.config.Problems;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the tensor form: {@code inputs.npy}, {@code labels.npy} and their companions. */
final class TensorFolder {
    static final String INPUTS = "inputs.npy";
    private static final String CONCEPT = "concept_";
    private static final String SUFFIX = ".npy";
    private static final List<String> KNOWN =
            List.of(INPUTS, "labels.npy", "split.npy", "bias_labels.npy", "pair.npy", "mask.npy");

    private final Path folder;
    private final Problems problems;

    TensorFolder(Path folder, Problems problems) {
        this.folder = folder;
        this.problems = problems;
    }

    /** Returns the content if no problem was added, else something that must not be used. */
    Optional<Content> read() throws IOException {
        Optional<FloatTensor> inputs = floats(INPUTS);
        Columns columns =
                new Columns(
                        longs("labels.npy").orElse(new long[0]),
                        present("split.npy").flatMap(this::longs),
                        present("bias_labels.npy").flatMap(this::longs),
                        present("pair.npy").flatMap(this::longs),
                        concepts());
        if (inputs.isEmpty()) {
            return Optional.empty();
        }
        checkInputs(inputs.get());
        Optional<FloatTensor> mask = present("mask.npy").flatMap(this::floats);
        mask.ifPresent(m -> checkMask(m, inputs.get()));
        if (Files.isRegularFile(folder.resolve("labels.npy"))) {
            columns.check(inputs.get().rank() == 0 ? 0 : inputs.get().rows(), problems);
        }
        return problems.isEmpty()
                ? Optional.of(new Content(inputs.get(), columns, mask))
                : Optional.empty();
    }

    private SortedMap<ConceptId, long[]> concepts() throws IOException {
        SortedMap<ConceptId, long[]> concepts = new TreeMap<>();
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.map(f -> f.getFileName().toString()).sorted().toList();
        }
        for (String name : names) {
            if (name.startsWith(CONCEPT) && name.endsWith(SUFFIX)) {
                concept(name).ifPresent(id -> longs(name).ifPresent(v -> concepts.put(id, v)));
            } else if (name.endsWith(SUFFIX) && !KNOWN.contains(name)) {
                problems.add(name, "unknown file", String.join(", ", KNOWN) + ", concept_*.npy");
            }
        }
        return concepts;
    }

    private Optional<ConceptId> concept(String name) {
        try {
            return Optional.of(
                    new ConceptId(
                            name.substring(CONCEPT.length(), name.length() - SUFFIX.length())));
        } catch (IllegalArgumentException e) {
            problems.add(name + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private void checkInputs(FloatTensor inputs) {
        if (inputs.rank() != 4 || inputs.values().length == 0) {
            problems.add(INPUTS, Arrays.toString(inputs.shape()), "[n, c, h, w], none of them 0");
        }
        checkFinite(INPUTS, inputs);
    }

    private void checkFinite(String name, FloatTensor tensor) {
        float[] values = tensor.values();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                problems.add(name, values[i] + " in row " + i / tensor.rowSize(), "finite values");
                return;
            }
        }
    }

    private void checkMask(FloatTensor mask, FloatTensor inputs) {
        if (inputs.rank() != 4) {
            return;
        }
        long[] image = inputs.shape();
        if (!Arrays.equals(mask.shape(), new long[] {image[0], image[2], image[3]})) {
            problems.add("mask.npy", Arrays.toString(mask.shape()), "[n, h, w] of inputs");
        }
        checkFinite("mask.npy", mask);
        for (float value : mask.values()) {
            if (value < 0) {
                problems.add("mask.npy", value, "no negative values");
                return;
            }
        }
    }

    private Optional<String> present(String name) {
        return Optional.of(name).filter(n -> Files.exists(folder.resolve(n)));
    }

    private Optional<FloatTensor> floats(String name) {
        return guarded(name, () -> NpyFile.readFloats(folder.resolve(name)));
    }

    private Optional<long[]> longs(String name) {
        return guarded(name, () -> NpyFile.readLongs(folder.resolve(name)));
    }

    private <T> Optional<T> guarded(String name, java.util.function.Supplier<T> read) {
        if (!Files.isRegularFile(folder.resolve(name))) {
            problems.add(name, "missing", "a .npy array");
            return Optional.empty();
        }
        try {
            return Optional.of(read.get());
        } catch (AuditException e) {
            problems.add(String.valueOf(e.getMessage()));
        } catch (OutOfMemoryError e) {
            problems.add(
                    name,
                    "needs more than the free heap",
                    "an array that fits " + Runtime.getRuntime().maxMemory() + " bytes");
        }
        return Optional.empty();
    }
}
