package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.ShownTraining;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.TangentSpace;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.autoencoder.DecoderTangents;
import org.plumbline.worker.autoencoder.PixelScale;
import org.plumbline.worker.autoencoder.VqVae;
import org.plumbline.worker.autoencoder.VqVaeShape;
import org.plumbline.worker.autoencoder.VqVaeTraining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Auto-encoders trained for every class, and the tangent spaces of their decoders. Confined to one
 * thread; owns native memory and a temporary folder.
 */
final class DecodedSpaces implements AutoCloseable {
    private static final long ALL = 0; // stands for every class where none are known

    private final Map<Long, Encoder> encoders;
    private final DecoderTangents tangents;
    private final Path work;

    private record Encoder(VqVae trained, int images) {}

    /**
     * What auto-encoders learn from. Immutable.
     *
     * @param images {@code [m, c, h, w]}
     * @param classes one for each image; empty: all are of one class
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Images(FloatTensor images, Optional<long[]> classes) {
        private int[] of(long klass) {
            return IntStream.range(0, images.rows())
                    .filter(row -> classes.isEmpty() || classes.get()[row] == klass)
                    .toArray();
        }

        private long[] known() {
            return classes.map(c -> Arrays.stream(c).distinct().sorted().toArray())
                    .orElse(new long[] {ALL});
        }
    }

    private DecodedSpaces(Map<Long, Encoder> encoders, DecoderTangents tangents, Path work) {
        this.encoders = encoders;
        this.tangents = tangents;
        this.work = work;
    }

    static DecodedSpaces train(
            Images pool, AutoEncoderOptions options, int dimension, Progress progress)
            throws IOException {
        requireAsMany(pool);
        Path work = Files.createTempDirectory("plumbline");
        try {
            VqVaeTraining training =
                    new VqVaeTraining(
                            VqVaeShape.published(pool.images().extent(1)),
                            options.settings(),
                            work,
                            TapFolder.device());
            PixelScale scale = PixelScale.of(pool.images());
            Map<Long, Encoder> encoders = new TreeMap<>();
            for (long klass : pool.known()) {
                int[] rows = pool.of(klass);
                VqVae trained =
                        training.run(
                                pool.images().rows(rows),
                                scale,
                                new ShownTraining(
                                        progress,
                                        "class " + klass,
                                        step ->
                                                ShownTraining.losses(
                                                        step, "reconstruction", "perplexity")));
                encoders.put(klass, new Encoder(trained, rows.length));
            }
            progress.done();
            return new DecodedSpaces(
                    encoders,
                    new DecoderTangents(
                            dimension, options.settings().seed(), work, TapFolder.device()),
                    work);
        } catch (RuntimeException e) {
            TapFolder.delete(work);
            throw e;
        }
    }

    private static void requireAsMany(Images pool) {
        int known = pool.classes().map(c -> c.length).orElse(pool.images().rows());
        if (known != pool.images().rows()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "reference-classes",
                    known + " rows",
                    pool.images().rows() + " rows");
        }
    }

    /** Returns the spaces at some rows, each by the auto-encoder of its class. */
    List<TangentSpace> at(FloatTensor points, int from, int to, Optional<long[]> classes) {
        Map<Long, List<Integer>> byClass = new TreeMap<>();
        for (int row = from; row < to; row++) {
            long klass = classes.isPresent() ? classes.get()[row] : ALL;
            byClass.computeIfAbsent(klass, k -> new ArrayList<>()).add(row);
        }
        TangentSpace[] found = new TangentSpace[to - from];
        byClass.forEach(
                (klass, members) -> {
                    int[] rows = members.stream().mapToInt(Integer::intValue).toArray();
                    List<TangentSpace> spaces =
                            tangents.at(points.rows(rows), encoder(klass).trained());
                    for (int i = 0; i < rows.length; i++) {
                        found[rows[i] - from] = spaces.get(i);
                    }
                });
        return List.of(found);
    }

    private Encoder encoder(long klass) {
        Encoder encoder = encoders.get(klass);
        if (encoder == null) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "classes",
                    klass,
                    "a class of the reference: " + encoders.keySet());
        }
        return encoder;
    }

    /** Puts how each auto-encoder fared. */
    void describe(ArrayNode node) {
        encoders.forEach(
                (klass, encoder) -> {
                    ObjectNode row = node.addObject();
                    row.put("class", klass)
                            .put("images", encoder.images())
                            .put("reconstruction_mse", encoder.trained().error())
                            .put("attempts", encoder.trained().attempts());
                });
    }

    @Override
    public void close() {
        tangents.close();
        TapFolder.delete(work);
    }
}
