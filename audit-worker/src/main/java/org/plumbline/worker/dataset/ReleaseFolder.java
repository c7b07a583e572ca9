package org.plumbline.worker.dataset;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.config.Problems;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads a published benchmark as it is. Files are named {@code …_TARGET_BIAS.png}; where they are
 * not (BAR), the class is the number of the class folder by name, aligned and validation images
 * have it as their bias too, and conflicting and test images the next class. Training rows are
 * those of {@code align}, then {@code conflict}.
 *
 * <p>Concepts: {@code bias_K} for each bias value, and {@code conflicting}. Images become values in
 * [0, 1] at the size of the first one, unless a {@code preprocess.yaml} lies in the folder.
 */
final class ReleaseFolder {
    private static final Pattern NAMED = Pattern.compile(".*_(\\d{1,9})_(\\d{1,9})\\.[a-z]+");
    private static final int MOST_CONCEPTS = 100;

    private final Release release;
    private final Problems problems;
    private final List<Row> rows = new ArrayList<>();

    ReleaseFolder(Release release, Problems problems) {
        this.release = release;
        this.problems = problems;
    }

    private record Row(Path file, long label, long bias, Split split) {}

    /** Returns the content if no problem was added. */
    Optional<Content> read() throws IOException {
        List<Path> classes = folders(release.align());
        add(release.align(), Split.TRAIN, false, classes);
        add(release.conflict(), Split.TRAIN, true, classes);
        if (release.valid().isPresent()) {
            add(release.valid().get(), Split.VALIDATION, false, classes);
        }
        if (release.test().isPresent()) {
            add(release.test().get(), Split.TEST, true, classes);
        }
        if (rows.isEmpty()) {
            problems.add("dataset", release.ratio() + " holds no image", "images");
        }
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        Columns columns =
                new Columns(
                        column(Row::label),
                        Optional.of(column(row -> row.split().value())),
                        Optional.of(column(Row::bias)),
                        Optional.empty(),
                        concepts());
        columns.check(rows.size(), problems);
        Optional<Preprocess> preprocess = preprocess();
        if (preprocess.isEmpty()) {
            return Optional.empty();
        }
        List<Optional<Path>> files = rows.stream().map(row -> Optional.of(row.file())).toList();
        Optional<FloatTensor> inputs =
                DecodedImages.of(files, preprocess.get(), "images", problems);
        return problems.isEmpty()
                ? inputs.map(tensor -> new Content(tensor, columns, Optional.empty()))
                : Optional.empty();
    }

    private Optional<Preprocess> preprocess() throws IOException {
        if (Files.exists(release.ratio().resolve(Preprocess.FILE))) {
            return Preprocess.load(release.ratio(), problems);
        }
        Path first = rows.get(0).file();
        try {
            int[] size = ImageReader.size(first);
            return Optional.of(Preprocess.plain(size[0], size[1], 3));
        } catch (IOException e) {
            problems.add(String.valueOf(first.getFileName()), e.toString(), "a PNG or JPEG image");
            return Optional.empty();
        }
    }

    private void add(Path part, Split split, boolean conflicting, List<Path> classes)
            throws IOException {
        for (Path file : images(part)) {
            String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
            Matcher named = NAMED.matcher(name);
            if (named.matches()) {
                rows.add(
                        new Row(
                                file,
                                Long.parseLong(named.group(1)),
                                Long.parseLong(named.group(2)),
                                split));
            } else {
                addByFolder(file, split, conflicting, classes);
            }
        }
    }

    private void addByFolder(Path file, Split split, boolean conflicting, List<Path> classes) {
        Path folder = file.getParent() == null ? file : file.getParent().getFileName();
        long label = classes.indexOf(folder);
        if (label < 0) {
            problems.add(
                    String.valueOf(file.getFileName()),
                    "in " + folder,
                    "..._TARGET_BIAS.png, or a class folder among " + classes);
            return;
        }
        long bias = conflicting ? (label + 1) % classes.size() : label;
        rows.add(new Row(file, label, bias, split));
    }

    private SortedMap<ConceptId, long[]> concepts() {
        SortedMap<ConceptId, long[]> concepts = new TreeMap<>();
        concepts.put(
                new ConceptId("conflicting"), column(row -> row.label() == row.bias() ? 0 : 1));
        long[] values = rows.stream().mapToLong(Row::bias).distinct().toArray();
        if (values.length <= MOST_CONCEPTS) {
            for (long value : values) {
                concepts.put(
                        new ConceptId("bias_" + value), column(row -> row.bias() == value ? 1 : 0));
            }
        }
        return concepts;
    }

    private long[] column(ToLongFunction<Row> value) {
        return rows.stream().mapToLong(value).toArray();
    }

    private static List<Path> images(Path part) throws IOException {
        try (Stream<Path> walk = Files.walk(part)) {
            return walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(ReleaseFolder::isImage)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isImage(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return Stream.of(".png", ".jpg", ".jpeg").anyMatch(name::endsWith);
    }

    private static List<Path> folders(Path part) throws IOException {
        try (Stream<Path> all = Files.list(part)) {
            return all.filter(Files::isDirectory).map(Path::getFileName).sorted().toList();
        }
    }
}
