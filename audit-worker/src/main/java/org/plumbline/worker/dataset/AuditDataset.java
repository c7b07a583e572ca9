package org.plumbline.worker.dataset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.config.Problems;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** An audit data set, checked and held on the heap once. Immutable. */
public final class AuditDataset {
    private final Digest digest;
    private final FloatTensor inputs;
    private final Columns columns;
    private final Optional<FloatTensor> masks;

    private AuditDataset(Digest digest, Content content) {
        this.digest = digest;
        this.inputs = content.inputs();
        this.columns = content.columns();
        this.masks = content.masks();
    }

    /**
     * Reads and checks a data set folder: arrays beside {@code inputs.npy}, images listed in {@code
     * manifest.csv}, or images in the folders {@code align} and {@code conflict} of a published
     * benchmark.
     *
     * @throws org.plumbline.core.error.AuditException {@code BAD_DATA} naming every problem at once
     */
    public static AuditDataset load(Path folder) {
        Problems problems = new Problems();
        try {
            Optional<Release> release = Release.in(folder);
            Optional<Content> content = read(folder, release, problems);
            problems.throwIfAny(ErrorCode.BAD_DATA);
            List<Path> folders = release.map(Release::folders).orElse(List.of(folder));
            return new AuditDataset(FolderDigest.of(folders), content.orElseThrow());
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA,
                    "dataset: " + folder + ": " + e + " (expected: a readable folder)",
                    e);
        }
    }

    private static Optional<Content> read(Path folder, Optional<Release> release, Problems problems)
            throws IOException {
        boolean images = Files.exists(folder.resolve(ImageFolder.MANIFEST));
        boolean tensors = Files.exists(folder.resolve(TensorFolder.INPUTS));
        int forms = (images ? 1 : 0) + (tensors ? 1 : 0) + (release.isPresent() ? 1 : 0);
        if (forms != 1) {
            problems.add(
                    "dataset",
                    folder + (forms == 0 ? " holds no data set" : " holds more than one form"),
                    "a folder with either inputs.npy or manifest.csv, or align and conflict");
            return Optional.empty();
        }
        if (release.isPresent()) {
            return new ReleaseFolder(release.get(), problems).read();
        }
        return images
                ? new ImageFolder(folder, problems).read()
                : new TensorFolder(folder, problems).read();
    }

    /** Returns the digest over all files. */
    public Digest digest() {
        return digest;
    }

    /** Returns the number of samples. */
    public int rows() {
        return inputs.rows();
    }

    /** Returns a copy of the named samples, {@code [n, c, h, w]}. */
    public FloatTensor inputs(int... rows) {
        return inputs.rows(rows);
    }

    /** Returns a native copy of the named samples that hangs on a unit. */
    public NDArray inputs(NDManager unit, int... rows) {
        return Heap.rows(unit, inputs, rows);
    }

    /** Returns the labels of the named samples, from 0. */
    public long[] labels(int... rows) {
        return Arrays.stream(rows).mapToLong(row -> columns.labels()[row]).toArray();
    }

    /** Returns a copy of the labels of all rows, from 0. */
    public long[] labels() {
        return columns.labels().clone();
    }

    /** Returns the largest label plus one. */
    public int classes() {
        return (int) Arrays.stream(columns.labels()).max().orElse(-1) + 1;
    }

    /**
     * Returns the rows of a split in data order; without {@code split.npy} all are training rows.
     */
    public int[] rows(Split split) {
        if (columns.split().isEmpty()) {
            return split == Split.TRAIN ? IntStream.range(0, rows()).toArray() : new int[0];
        }
        long[] values = columns.split().get();
        return IntStream.range(0, rows()).filter(i -> values[i] == split.value()).toArray();
    }

    /**
     * Returns the training rows in data order, at least one.
     *
     * @throws AuditException {@code BAD_DATA} if there is none
     */
    public int[] trainingRows() {
        int[] rows = rows(Split.TRAIN);
        if (rows.length == 0) {
            throw AuditException.of(ErrorCode.BAD_DATA, "split", "no training row", "some");
        }
        return rows;
    }

    /** Returns the names of {@code concept_<name>.npy}. */
    public Set<ConceptId> concepts() {
        return Collections.unmodifiableSet(new TreeSet<>(columns.concepts().keySet()));
    }

    /**
     * Returns a copy of a concept's flags for all rows, 1 with the concept.
     *
     * @throws org.plumbline.core.error.AuditException {@code NOT_FOUND} naming the known concepts
     */
    public long[] concept(ConceptId concept) {
        long[] flags = columns.concepts().get(concept);
        if (flags == null) {
            throw AuditException.of(
                    ErrorCode.NOT_FOUND,
                    "concept",
                    concept,
                    "one of " + columns.concepts().keySet());
        }
        return flags.clone();
    }

    /**
     * Returns a copy of where the artifact lies in the named samples, {@code [n, h, w]}, values at
     * least 0; empty where the data set has no masks.
     */
    public Optional<FloatTensor> masks(int... rows) {
        return masks.map(m -> m.rows(rows));
    }

    /**
     * Returns a copy of the numbers of the pictures that rows show, if there are any: two rows of
     * one number are the same picture with and without a concept.
     */
    public Optional<long[]> pairs() {
        return columns.pairs().map(long[]::clone);
    }

    /** Returns a copy of the bias labels, if there are any. */
    public Optional<long[]> biasLabels() {
        return columns.biasLabels().map(long[]::clone);
    }

    /**
     * Returns a copy of the bias labels.
     *
     * @param user what needs them, for the message
     * @throws AuditException {@code BAD_DATA} if there are none
     */
    public long[] requiredBiasLabels(String user) {
        return biasLabels()
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.BAD_DATA,
                                        "bias_labels",
                                        "none",
                                        "bias_labels.npy or the manifest's column bias_label, for "
                                                + user));
    }
}
