package org.plumbline.worker.dataset;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.config.Problems;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the image form: {@code manifest.csv}, image files, {@code preprocess.yaml}. */
final class ImageFolder {
    static final String MANIFEST = "manifest.csv";

    private final Path folder;
    private final Problems problems;

    ImageFolder(Path folder, Problems problems) {
        this.folder = folder;
        this.problems = problems;
    }

    /** Returns the content if no problem was added. */
    Optional<Content> read() throws IOException {
        Manifest manifest = Manifest.parse(lines(), problems);
        Optional<Preprocess> preprocess = Preprocess.load(folder, problems);
        Columns columns = manifest.columns(problems);
        if (manifest.rows().isEmpty()) {
            problems.add(MANIFEST, "no rows", "at least one");
        }
        columns.check(manifest.rows().size(), problems);
        List<String> paths = manifest.column("path").orElse(List.of());
        if (preprocess.isEmpty() || paths.isEmpty()) {
            return Optional.empty();
        }
        Optional<FloatTensor> inputs = images(paths, preprocess.get());
        Optional<FloatTensor> masks =
                manifest.column("mask").flatMap(names -> masks(names, preprocess.get()));
        return problems.isEmpty()
                ? inputs.map(tensor -> new Content(tensor, columns, masks))
                : Optional.empty();
    }

    private List<String> lines() throws IOException {
        try {
            return Files.readAllLines(folder.resolve(MANIFEST));
        } catch (MalformedInputException e) {
            problems.add(MANIFEST, "not UTF-8", "UTF-8 text");
            return List.of();
        }
    }

    private Optional<FloatTensor> images(List<String> paths, Preprocess preprocess) {
        return decoded(paths, preprocess, true);
    }

    /** Grey levels in [0, 1]; a row without a mask has zeros. */
    private Optional<FloatTensor> masks(List<String> paths, Preprocess preprocess) {
        Preprocess grey = Preprocess.plain(preprocess.height(), preprocess.width(), 1);
        return decoded(paths, grey, false)
                .map(m -> FloatTensor.of(m.values(), m.rows(), m.extent(2), m.extent(3)));
    }

    private Optional<FloatTensor> decoded(
            List<String> paths, Preprocess preprocess, boolean required) {
        long row = (long) preprocess.channels() * preprocess.height() * preprocess.width();
        long free = Runtime.getRuntime().maxMemory();
        if (row * paths.size() > Math.min(Integer.MAX_VALUE - 8L, free / Float.BYTES)) {
            problems.add(
                    MANIFEST,
                    row * paths.size() + " values",
                    "at most " + free + " bytes and 2^31 values");
            return Optional.empty();
        }
        float[] values = new float[(int) row * paths.size()];
        ImageReader reader = new ImageReader(preprocess);
        for (int i = 0; i < paths.size(); i++) {
            Optional<Path> file =
                    paths.get(i).isEmpty() && !required ? Optional.empty() : file(paths.get(i), i);
            if (file.isPresent()) {
                decode(reader, file.get(), values, i, (int) row);
            }
        }
        return Optional.of(
                FloatTensor.of(
                        values,
                        paths.size(),
                        preprocess.channels(),
                        preprocess.height(),
                        preprocess.width()));
    }

    private void decode(ImageReader reader, Path file, float[] values, int row, int size) {
        try {
            reader.read(file, values, row * size);
        } catch (IOException e) {
            problems.add(
                    MANIFEST + " row " + (row + 1),
                    folder.relativize(file) + ": " + e.getMessage(),
                    "a PNG or JPEG image");
        }
    }

    /** Paths stay inside the folder and follow no links: a data set may come from a stranger. */
    private Optional<Path> file(String name, int row) {
        try {
            Path file = folder.resolve(name).normalize();
            if (file.startsWith(folder.normalize())
                    && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of(file);
            }
        } catch (InvalidPathException e) {
            // reported below like any other path without a file
        }
        problems.add(MANIFEST + " row " + (row + 1), name, "a file in the data set folder");
        return Optional.empty();
    }
}
