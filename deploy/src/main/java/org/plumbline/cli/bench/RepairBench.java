package org.plumbline.cli.bench;

import ai.djl.Device;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.quickstart.FashionBias;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.worker.correction.Correction;
import org.plumbline.worker.correction.CorrectionTask;
import org.plumbline.worker.correction.Corrector;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.TrainingListener;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * RR-ClArC with cached activations against the same training without the cache, on the quickstart's
 * data and biased model. Confined to one thread.
 */
final class RepairBench {
    private static final int CACHED_EPOCHS = 10;

    private final Path skeleton;
    private final Path work;
    private final Progress progress;

    /**
     * Makes a benchmark.
     *
     * @param skeleton the untrained network
     * @param work existing empty folder
     */
    RepairBench(Path skeleton, Path work, Progress progress) {
        this.skeleton = skeleton;
        this.work = work;
        this.progress = progress;
    }

    /** Measures on the images of a folder of IDX files. */
    ObjectNode run(Path images) throws IOException {
        Path folder = work.resolve("data");
        FashionBias.writeData(images, folder);
        AuditDataset data = AuditDataset.load(folder);
        Path biased = work.resolve("biased.pt");
        progress.say("training the biased model");
        correct(skeleton, data, "vanilla", FashionBias.training(3), biased);
        progress.say("rr-clarc, one epoch without the cache, as published");
        double published = timed(biased, data, 1, false, false, work.resolve("published.pt"));
        progress.say("rr-clarc, one epoch without the cache");
        double one = timed(biased, data, 1, false, true, work.resolve("one.pt"));
        progress.say("rr-clarc, " + CACHED_EPOCHS + " epochs with the cache");
        double ten = timed(biased, data, CACHED_EPOCHS, true, true, work.resolve("ten.pt"));
        progress.say("rr-clarc, " + CACHED_EPOCHS + " epochs without the cache, for the weights");
        timed(biased, data, CACHED_EPOCHS, false, true, work.resolve("ten-plain.pt"));
        Path once = work.resolve("one-cached.pt");
        timed(biased, data, 1, true, true, once);
        return Output.object()
                .put("cached_epochs", CACHED_EPOCHS)
                .put("cached_seconds", ten)
                .put("one_published_epoch_seconds", published)
                .put("ratio_to_published_epoch", ten / published)
                .put("one_uncached_epoch_seconds", one)
                .put("ratio_to_uncached_epoch", ten / one)
                .put(
                        "weight_difference_to_uncached",
                        difference(work.resolve("ten.pt"), work.resolve("ten-plain.pt")))
                .put(
                        "weight_difference_to_published_after_one_epoch",
                        difference(once, work.resolve("published.pt")))
                .put("largest_weight_change", difference(biased, work.resolve("ten.pt")));
    }

    private double timed(
            Path archive, AuditDataset data, int epochs, boolean cache, boolean tangents, Path out)
            throws IOException {
        Map<String, String> parameters = new TreeMap<>(FashionBias.correction(epochs));
        parameters.put("cache", String.valueOf(cache));
        parameters.put("tangents", String.valueOf(tangents));
        long start = System.nanoTime();
        correct(archive, data, "rr-clarc", parameters, out);
        return (System.nanoTime() - start) / 1e9;
    }

    private void correct(
            Path archive,
            AuditDataset data,
            String method,
            Map<String, String> parameters,
            Path out)
            throws IOException {
        Path folder = Files.createTempDirectory(work, "task");
        Corrector.run(
                new CorrectionTask(
                        archive,
                        data,
                        Optional.of(new LayerPath(FashionBias.LAYER)),
                        Optional.of(new ConceptId(FashionBias.CONCEPT)),
                        OptionalInt.of(FashionBias.TARGET),
                        Correction.of(method, parameters),
                        out,
                        folder,
                        Device.cpu()),
                TrainingListener.none());
    }

    /** Returns the largest difference of any weight of two archives with the same tensors. */
    private static double difference(Path one, Path other) throws IOException {
        double largest = 0;
        try (ZipFile left = new ZipFile(one.toFile());
                ZipFile right = new ZipFile(other.toFile())) {
            for (ZipEntry entry : Collections.list(left.entries())) {
                if (entry.getName().matches("[^/]+/data/\\d+")) {
                    largest =
                            Math.max(
                                    largest,
                                    difference(
                                            floats(left, entry),
                                            floats(right, right.getEntry(entry.getName()))));
                }
            }
        }
        return largest;
    }

    private static double difference(ByteBuffer left, ByteBuffer right) {
        double largest = 0;
        while (left.remaining() >= Float.BYTES) {
            largest = Math.max(largest, Math.abs((double) left.getFloat() - right.getFloat()));
        }
        return largest;
    }

    private static ByteBuffer floats(ZipFile archive, ZipEntry entry) throws IOException {
        try (InputStream in = archive.getInputStream(entry)) {
            return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
