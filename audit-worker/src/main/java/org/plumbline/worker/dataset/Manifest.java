package org.plumbline.worker.dataset;

import org.plumbline.core.model.ConceptId;
import org.plumbline.worker.config.Problems;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * The rows of {@code manifest.csv} by column name. Confined to one thread.
 *
 * @param header column names
 * @param rows fields by column
 */
record Manifest(List<String> header, List<List<String>> rows) {
    private static final String CONCEPT = "concept_";
    private static final List<String> KNOWN =
            List.of("path", "label", "split", "bias_label", "pair", "mask");

    /** Parses the lines; wrong headers and ragged rows are problems and leave no rows. */
    static Manifest parse(List<String> lines, Problems problems) {
        List<String> header =
                lines.isEmpty() ? List.of() : Csv.fields(lines.get(0).replace("\uFEFF", ""));
        for (String required : List.of("path", "label")) {
            if (!header.contains(required)) {
                problems.add(ImageFolder.MANIFEST, "no column " + required, "path,label");
            }
        }
        for (String column : header) {
            if (!KNOWN.contains(column) && !column.startsWith(CONCEPT)) {
                problems.add(
                        ImageFolder.MANIFEST,
                        "column " + column,
                        String.join(", ", KNOWN) + " or concept_<name>");
            }
        }
        List<List<String>> rows = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            List<String> fields = Csv.fields(lines.get(i));
            if (fields.size() == header.size()) {
                rows.add(fields);
            } else if (!lines.get(i).isBlank()) {
                problems.add(
                        ImageFolder.MANIFEST + " line " + (i + 1),
                        fields.size() + " fields",
                        String.valueOf(header.size()));
            }
        }
        return new Manifest(header, rows);
    }

    Optional<List<String>> column(String name) {
        int at = header.indexOf(name);
        return at < 0 ? Optional.empty() : Optional.of(rows.stream().map(r -> r.get(at)).toList());
    }

    Columns columns(Problems problems) {
        SortedMap<ConceptId, long[]> concepts = new TreeMap<>();
        for (String name : header) {
            if (name.startsWith(CONCEPT)) {
                try {
                    ConceptId id = new ConceptId(name.substring(CONCEPT.length()));
                    numbers(name, Long::parseLong, problems).ifPresent(v -> concepts.put(id, v));
                } catch (IllegalArgumentException e) {
                    problems.add(ImageFolder.MANIFEST + ": " + e.getMessage());
                }
            }
        }
        return new Columns(
                numbers("label", Long::parseLong, problems).orElse(new long[0]),
                numbers("split", Manifest::split, problems),
                numbers("bias_label", Long::parseLong, problems),
                numbers("pair", Long::parseLong, problems),
                concepts);
    }

    /** Splits are numbers as in {@code split.npy}, or their names. */
    private static long split(String text) {
        for (Split split : Split.values()) {
            if (split.name().equalsIgnoreCase(text)) {
                return split.value();
            }
        }
        return Long.parseLong(text);
    }

    private Optional<long[]> numbers(String name, ToLongFunction<String> parse, Problems problems) {
        return column(name)
                .map(
                        texts -> {
                            long[] numbers = new long[texts.size()];
                            for (int i = 0; i < numbers.length; i++) {
                                numbers[i] = number(name, texts.get(i), i, parse, problems);
                            }
                            return numbers;
                        });
    }

    private static long number(
            String name, String text, int row, ToLongFunction<String> parse, Problems problems) {
        try {
            return parse.applyAsLong(text);
        } catch (NumberFormatException e) {
            problems.add(
                    ImageFolder.MANIFEST + " row " + (row + 1) + ": " + name,
                    text,
                    "a whole number");
            return 0;
        }
    }
}
