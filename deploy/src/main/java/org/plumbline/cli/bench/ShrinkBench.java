package org.plumbline.cli.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
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
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * What shrinking saves: networks of plain convolutions with half of every layer's outputs masked,
 * as pruning leaves them, before and after in turn. Confined to one thread.
 */
final class ShrinkBench {
    private static final long SEED = 20260110;
    private static final int ROUNDS = 15;
    private static final List<Case> CASES =
            List.of(new Case("cmnist_cnn", 28, 16, 20), new Case("vgg16", 224, 1, 1));
    private static final int WARM = 2;
    private static final double MASKED = 0.5;

    private final Path models;
    private final Path work;
    private final Predicate<String> chosen;
    private final Progress progress;

    /** A committed archive, the extent of its images, how many run at once and how often. */
    private record Case(String model, int extent, int batch, int passes) {}

    ShrinkBench(Path models, Path work, Predicate<String> chosen, Progress progress) {
        this.models = models;
        this.work = work;
        this.chosen = chosen;
        this.progress = progress;
    }

    void run(ArrayNode results) throws IOException {
        for (Case one : CASES) {
            if (chosen.test(one.model())) {
                results.add(run(one));
            }
        }
    }

    private ObjectNode run(Case one) throws IOException {
        Path folder = Files.createDirectories(work.resolve("shrink-" + one.model()));
        Path whole = folder.resolve("whole.pt");
        Path masked = folder.resolve("masked.pt");
        Path shrunk = folder.resolve("small.pt");
        progress.say("masking half of the channels of " + one.model());
        Skeleton.fill(models.resolve(one.model() + ".pt"), whole, SEED);
        mask(whole, masked);
        Files.delete(whole);
        progress.say("shrinking it");
        FloatTensor inputs =
                UsualInputs.noise(SEED, one.batch() + 1, 3, one.extent(), one.extent());
        Shrinking[] result = new Shrinking[1];
        Lap lap =
                Lap.of(() -> result[0] = new Shrinker(() -> inputs, folder).shrink(masked, shrunk));
        if (!result[0].isShrunk()) {
            throw new IOException("nothing was removed: " + result[0].obstacle());
        }
        ObjectNode report =
                Output.object()
                        .put("model", one.model())
                        .put("batch", one.batch())
                        .put("shrink_processor_seconds", lap.processorSeconds());
        result[0].before().ifPresent(size -> put(report.putObject("before"), size));
        result[0].after().ifPresent(size -> put(report.putObject("after"), size));
        result[0].check().ifPresent(c -> report.put("largest_difference", c.largest()));
        FloatTensor batch = inputs.slice(0, one.batch());
        try (ForwardRun before = ForwardRun.load(masked, folder);
                ForwardRun after = ForwardRun.load(shrunk, folder)) {
            measure(report, before, after, batch, one.passes());
        }
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
            ObjectNode report, ForwardRun whole, ForwardRun small, FloatTensor batch, int passes) {
        Series before = new Series();
        Series after = new Series();
        progress.say("forward before and after, " + ROUNDS + " times in turn");
        for (int round = 0; round < WARM + ROUNDS; round++) {
            double a = seconds(whole, batch, passes);
            double b = seconds(small, batch, passes);
            if (round >= WARM) {
                before.add(a);
                after.add(b);
            }
        }
        report.put("rounds", ROUNDS)
                .put("passes", passes)
                .put("forward_processor_seconds_before", before.median() / passes)
                .put("forward_processor_seconds_after", after.median() / passes)
                .put("ratio", before.median() / after.median());
    }

    private static double seconds(ForwardRun run, FloatTensor batch, int passes) {
        return Lap.of(
                        () -> {
                            for (int pass = 0; pass < passes; pass++) {
                                run.logits(batch);
                            }
                        })
                .processorSeconds();
    }
}
