package org.plumbline.cli.bench;

import ai.djl.Device;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Lap;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.correction.Correction;
import org.plumbline.worker.correction.CorrectionTask;
import org.plumbline.worker.correction.Corrector;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.TrainingListener;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A whole RR-ClArC correction of ResNet-18 at 64x64, ten cached epochs, the concept fitted to the
 * samples of one class as published, against one pass that extracts the same layer's activations of
 * the same images. Confined to one thread.
 */
final class TrainingBench {
    private static final LayerPath LAYER = new LayerPath("layer4");
    private static final ConceptId CONCEPT = new ConceptId("corner");
    private static final int SIDE = 64;
    private static final int CLASSES = 10;
    private static final int MODEL_CLASSES = 1000;
    private static final int BATCH = 64;
    private static final int EPOCHS = 10;

    private final Path models;
    private final Path work;
    private final Progress progress;

    TrainingBench(Path models, Path work, Progress progress) {
        this.models = models;
        this.work = work;
        this.progress = progress;
    }

    ObjectNode run(int images) throws IOException {
        Path archive = work.resolve("resnet18-training.pt");
        Skeleton.fill(models.resolve("resnet18.pt"), archive, 1);
        try (TappedModel model =
                TappedModel.load(archive, new TapSpec(LAYER, work, Device.cpu()))) {
            FloatTensor inputs = inputs(images);
            progress.say("one pass that extracts features");
            int target = mostPredicted(model, inputs); // warms up, too
            Lap pass = Lap.of(() -> extraction(model, inputs));
            AuditDataset data = AuditDataset.load(write(inputs, target));
            progress.say("rr-clarc, " + EPOCHS + " epochs with the cache");
            Lap correction = Lap.of(() -> correct(archive, data, target));
            return Output.object()
                    .put("images", images)
                    .put("epochs", EPOCHS)
                    .put("extraction_seconds", pass.seconds())
                    .put("correction_seconds", correction.seconds())
                    .put("extraction_processor_seconds", pass.processorSeconds())
                    .put("correction_processor_seconds", correction.processorSeconds())
                    .put("ratio_to_extraction", correction.seconds() / pass.seconds())
                    .put(
                            "processor_ratio_to_extraction",
                            correction.processorSeconds() / pass.processorSeconds());
        }
    }

    private static void extraction(TappedModel model, FloatTensor inputs) {
        for (int from = 0; from < inputs.rows(); from += BATCH) {
            model.observe(inputs.slice(from, Math.min(inputs.rows(), from + BATCH)));
        }
    }

    /** Untrained weights favour few classes; the concept needs samples of a predicted one. */
    private static int mostPredicted(TappedModel model, FloatTensor inputs) {
        Map<Integer, Integer> counts = new TreeMap<>();
        for (int round = 0; round < 4; round++) {
            FloatTensor some = inputs.slice(0, Math.min(inputs.rows(), BATCH));
            FloatTensor logits = model.observe(some).logits();
            for (int i = 0; i < some.rows(); i++) {
                counts.merge(logits.largest(i), 1, Integer::sum);
            }
        }
        return Collections.max(counts.entrySet(), Map.Entry.comparingByValue()).getKey();
    }

    private void correct(Path archive, AuditDataset data, int target) {
        Corrector.run(
                new CorrectionTask(
                        archive,
                        data,
                        Optional.of(LAYER),
                        Optional.of(CONCEPT),
                        OptionalInt.of(target),
                        Correction.of("rr-clarc", Map.of("epochs", String.valueOf(EPOCHS))),
                        work.resolve("corrected.pt"),
                        work,
                        Device.cpu()),
                TrainingListener.none());
    }

    /** Noise with a bright corner in every second image. */
    private static FloatTensor inputs(int images) {
        SplittableRandom random = new SplittableRandom(1);
        int size = 3 * SIDE * SIDE;
        float[] values = new float[Math.multiplyExact(images, size)];
        for (int i = 0; i < values.length; i++) {
            boolean corner = i % SIDE < SIDE / 8 && i / SIDE % SIDE < SIDE / 8;
            double shift = corner && i / size % 2 == 1 ? 3 : 0;
            values[i] = (float) (random.nextDouble(-1, 1) + shift);
        }
        return FloatTensor.of(values, images, 3, SIDE, SIDE);
    }

    /** A tenth of the labels, with and without the corner, is the target. */
    private Path write(FloatTensor inputs, int target) throws IOException {
        long[] labels = new long[inputs.rows()];
        long[] concept = new long[inputs.rows()];
        for (int i = 0; i < labels.length; i++) {
            int other = i / 2 % CLASSES; // 0: the target itself
            labels[i] = Math.floorMod(target + other, MODEL_CLASSES);
            concept[i] = i % 2;
        }
        Path folder = Files.createDirectories(work.resolve("training-data"));
        NpyFile.write(folder.resolve("inputs.npy"), inputs);
        NpyFile.write(folder.resolve("labels.npy"), labels);
        NpyFile.write(folder.resolve("concept_" + CONCEPT + ".npy"), concept);
        return folder;
    }
}
