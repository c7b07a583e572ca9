package org.plumbline.worker.generator;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.dataset.Split;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A generated data set, row by row, to be written in either form. Confined to one thread. */
public final class BiasedSet {
    private final String concept;
    private final int concepts;
    private final List<Row> rows = new ArrayList<>();

    /**
     * Makes an empty set.
     *
     * @param concept name; of several, what comes before the number
     * @param concepts how many there are
     */
    BiasedSet(String concept, int concepts) {
        this.concept = concept;
        this.concepts = concepts;
    }

    /**
     * One row. Immutable.
     *
     * @param mask where the concept is; empty where the row has none
     * @param bias class that the row's looks point to
     * @param concept number of the row's concept; negative where it has none
     * @param pair number of the picture, which two rows share that show it with and without
     */
    public record Row(
            Picture image,
            Optional<Picture> mask,
            int label,
            int bias,
            Split split,
            int concept,
            int pair) {}

    void add(Picture image, Picture mask, int label, int bias, Split split, int number) {
        rows.add(new Row(image, Optional.of(mask), label, bias, split, number, rows.size()));
    }

    void addPlain(Picture image, int label, int bias, Split split) {
        rows.add(new Row(image, Optional.empty(), label, bias, split, -1, rows.size()));
    }

    /** Says that the last row shows the picture of the row before it. */
    void pairLast() {
        Row last = rows.get(rows.size() - 1);
        rows.set(
                rows.size() - 1,
                new Row(
                        last.image(),
                        last.mask(),
                        last.label(),
                        last.bias(),
                        last.split(),
                        last.concept(),
                        rows.get(rows.size() - 2).pair()));
    }

    private boolean hasPairs() {
        return rows.stream().mapToInt(Row::pair).distinct().count() < rows.size();
    }

    /** Returns the rows in their order. */
    public List<Row> rows() {
        return List.copyOf(rows);
    }

    /** Returns the name of a concept, from 0. */
    public String concept(int number) {
        return concepts == 1 ? concept : concept + number;
    }

    /** Returns how many concepts there are. */
    public int concepts() {
        return concepts;
    }

    /** Returns how many training rows have any concept, or none. */
    public long training(boolean withConcept) {
        return rows.stream()
                .filter(r -> r.split() == Split.TRAIN && (r.concept() >= 0) == withConcept)
                .count();
    }

    /** Returns at most {@code limit} training images of a class with or without any concept. */
    public List<Picture> examples(int label, boolean withConcept, int limit) {
        return rows.stream()
                .filter(
                        r ->
                                r.split() == Split.TRAIN
                                        && r.label() == label
                                        && (r.concept() >= 0) == withConcept)
                .limit(limit)
                .map(Row::image)
                .toList();
    }

    /** Writes the tensor form: arrays of pixels in [0, 1], labels, splits, concepts and masks. */
    public void writeTensors(Path folder) throws IOException {
        Files.createDirectories(folder);
        int channels = channels();
        Picture first = rows.get(0).image();
        int area = first.height() * first.width();
        int n = rows.size();
        float[] pixels = new float[Math.multiplyExact(n, channels * area)];
        float[] masks = new float[n * area];
        for (int i = 0; i < n; i++) {
            int at = i;
            image(rows.get(i), channels).scaleInto(pixels, i * channels * area);
            rows.get(i).mask().ifPresent(mask -> mask.scaleInto(masks, at * area));
        }
        int height = first.height();
        int width = first.width();
        NpyFile.write(
                folder.resolve("inputs.npy"), FloatTensor.of(pixels, n, channels, height, width));
        NpyFile.write(folder.resolve("mask.npy"), FloatTensor.of(masks, n, height, width));
        NpyFile.write(folder.resolve("labels.npy"), column(Row::label));
        NpyFile.write(folder.resolve("split.npy"), column(r -> r.split().value()));
        NpyFile.write(folder.resolve("bias_labels.npy"), column(Row::bias));
        if (hasPairs()) {
            NpyFile.write(folder.resolve("pair.npy"), column(Row::pair));
        }
        for (int k = 0; k < concepts; k++) {
            int number = k;
            NpyFile.write(
                    folder.resolve("concept_" + concept(k) + ".npy"),
                    column(r -> r.concept() == number ? 1 : 0));
        }
    }

    /** Writes the image form: PNG files, {@code manifest.csv} and {@code preprocess.yaml}. */
    public void writeImages(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("images"));
        Files.createDirectories(folder.resolve("masks"));
        int channels = channels();
        List<String> lines = new ArrayList<>();
        StringBuilder header = new StringBuilder("path,label,split,bias_label,pair,mask");
        for (int k = 0; k < concepts; k++) {
            header.append(",concept_").append(concept(k));
        }
        lines.add(header.toString());
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            String name = String.format(Locale.ROOT, "%06d.png", i);
            Files.write(folder.resolve("images").resolve(name), image(row, channels).png());
            if (row.mask().isPresent()) {
                Files.write(folder.resolve("masks").resolve(name), row.mask().get().png());
            }
            lines.add(line(row, name));
        }
        Files.write(folder.resolve("manifest.csv"), lines);
        Picture first = rows.get(0).image();
        Files.writeString(
                folder.resolve("preprocess.yaml"),
                String.format(
                        Locale.ROOT,
                        "size: [%d, %d]%nchannels: %d%n",
                        first.height(),
                        first.width(),
                        channels));
    }

    private String line(Row row, String name) {
        StringBuilder line =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "images/%s,%d,%d,%d,%d,%s",
                                name,
                                row.label(),
                                row.split().value(),
                                row.bias(),
                                row.pair(),
                                row.mask().isPresent() ? "masks/" + name : ""));
        for (int k = 0; k < concepts; k++) {
            line.append(',').append(row.concept() == k ? 1 : 0);
        }
        return line.toString();
    }

    private int channels() {
        return rows.stream().mapToInt(r -> r.image().channels()).max().orElse(1);
    }

    private static Picture image(Row row, int channels) {
        return channels == 3 ? row.image().coloured() : row.image();
    }

    private long[] column(java.util.function.ToLongFunction<Row> value) {
        return rows.stream().mapToLong(value).toArray();
    }
}
