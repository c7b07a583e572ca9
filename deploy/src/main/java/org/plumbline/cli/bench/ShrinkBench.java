package org.plumbline.cli.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Lap;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.shrink.ModelSize;
import org.plumbline.core.shrink.Shrinker;
import org.plumbline.core.shrink.Shrinking;
import org.plumbline.core.shrink.UsualInputs;
import org.plumbline.core.tap.ForwardRun;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.core.torchscript.StoredValues;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What shrinking saves: VGG-16's convolutions at 224 x 224 with half of every layer's channels
 * masked, as pruning leaves them, before and after in turn. Confined to one thread.
 */
final class ShrinkBench {
    private static final long SEED = 20260110;
    private static final int ROUNDS = 15;
    private static final int WARM = 2;
    private static final double MASKED = 0.5;

    private final Path models;
    private final Path work;
    private final Progress progress;

    ShrinkBench(Path models, Path work, Progress progress) {
        this.models = models;
        this.work = work;
        this.progress = progress;
    }

    ObjectNode run() throws IOException {
        Path folder = Files.createDirectories(work.resolve("shrink"));
        Path whole = folder.resolve("vgg16.pt");
        Path masked = folder.resolve("masked.pt");
        Path shrunk = folder.resolve("shrunk_vgg16.pt");
        progress.say("masking half of the channels of VGG-16");
        Skeleton.fill(models.resolve("vgg16.pt"), whole, SEED);
        mask(whole, masked);
        Files.delete(whole);
        progress.say("shrinking it");
        FloatTensor inputs = UsualInputs.noise(SEED, 2, 3, 224, 224);
        Shrinking[] result = new Shrinking[1];
        Lap lap =
                Lap.of(() -> result[0] = new Shrinker(() -> inputs, folder).shrink(masked, shrunk));
        if (!result[0].isShrunk()) {
            throw new IOException("nothing was removed: " + result[0].obstacle());
        }
        ObjectNode report = Output.object().put("shrink_seconds", lap.seconds());
        result[0].before().ifPresent(size -> put(report.putObject("before"), size));
        result[0].after().ifPresent(size -> put(report.putObject("after"), size));
        result[0].check().ifPresent(c -> report.put("largest_difference", c.largest()));
        measure(report, masked, shrunk, inputs.slice(0, 1), folder);
        return report;
    }

    private static void put(ObjectNode node, ModelSize size) {
        node.put("parameters", size.parameters())
                .put("bytes", size.bytes())
                .put("flops", size.operations());
    }

    private static void mask(Path whole, Path masked) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        try (Archive archive = Archive.open(whole)) {
            Map<String, FloatTensor> weights = new LinkedHashMap<>();
            for (StoredTensor tensor : archive.parameters()) {
                if (tensor.shape().size() > 1) {
                    FloatTensor weight = StoredValues.read(archive, tensor.name());
                    for (int row = 0; row < weight.rows(); row++) {
                        if (random.nextDouble() < MASKED) {
                            int from = row * weight.rowSize();
                            Arrays.fill(weight.values(), from, from + weight.rowSize(), 0);
                        }
                    }
                    weights.put(tensor.name(), weight);
                }
            }
            RepairedArchive.patch(archive, weights, masked);
        }
    }

    private void measure(
            ObjectNode report, Path masked, Path shrunk, FloatTensor input, Path folder) {
        Series before = new Series();
        Series after = new Series();
        try (ForwardRun whole = ForwardRun.load(masked, folder);
                ForwardRun small = ForwardRun.load(shrunk, folder)) {
            progress.say("forward before and after, " + ROUNDS + " times in turn");
            for (int round = 0; round < WARM + ROUNDS; round++) {
                Lap a = Lap.of(() -> whole.logits(input));
                Lap b = Lap.of(() -> small.logits(input));
                if (round >= WARM) {
                    before.add(a.processorSeconds());
                    after.add(b.processorSeconds());
                }
            }
        }
        report.put("rounds", ROUNDS)
                .put("forward_processor_seconds_before", before.median())
                .put("forward_processor_seconds_after", after.median())
                .put("ratio", before.median() / after.median());
    }
}
