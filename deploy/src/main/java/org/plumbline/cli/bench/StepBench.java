package org.plumbline.cli.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.worker.training.BatchLoss;
import org.plumbline.worker.training.LossTrainee;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Trainee;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A step of plain training of the small network, as every correction does it, against the same step
 * written directly against the engine: both in turn, in blocks. Confined to one thread.
 */
final class StepBench {
    private static final int BATCH = 64;
    private static final int SIDE = 28;
    private static final int CLASSES = 10;
    private static final int BLOCKS = 20;
    private static final int STEPS = 10;
    private static final double RATE = 1e-5;

    private final Path models;
    private final Path work;
    private final Progress progress;
    private final FloatTensor images;
    private final long[] labels = new long[BATCH];

    StepBench(Path models, Path work, Progress progress) {
        this.models = models;
        this.work = work;
        this.progress = progress;
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[BATCH * SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        images = FloatTensor.of(values, BATCH, 1, SIDE, SIDE);
        Arrays.setAll(labels, i -> i % CLASSES);
    }

    ObjectNode run() throws IOException {
        Path archive = work.resolve("small-cnn.pt");
        Skeleton.fill(models.resolve("fashion_cnn.pt"), archive, 1);
        progress.say("training steps of the small network");
        TrainingPlan plan = TrainingPlan.live(parameters(archive));
        OptimizerSettings sgd =
                new OptimizerSettings(
                        new UpdateRule.Sgd(0, 0, false), RATE, Double.POSITIVE_INFINITY);
        try (PlainDescent plain = PlainDescent.load(archive);
                NativeOperators operators = NativeOperators.load(work, Device.cpu());
                TrainableModel model = TrainableModel.load(archive, plan, work, Device.cpu());
                LossTrainee ours =
                        new LossTrainee(operators, model, sgd, BATCH, loss(operators, model))) {
            model.trainingMode(true);
            return compare(plain, ours);
        }
    }

    private static List<String> parameters(Path archive) throws IOException {
        try (Archive opened = Archive.open(archive)) {
            return opened.parameters().stream().map(StoredTensor::name).toList();
        }
    }

    private BatchLoss loss(NativeOperators operators, TrainableModel model) {
        float[] weights = new float[CLASSES];
        Arrays.fill(weights, 1);
        return (unit, step) -> {
            NDArray logits = model.logits(Heap.back(unit, images));
            return new BatchLoss.Terms(
                    operators.crossEntropy(unit, logits, unit.create(labels), unit.create(weights)),
                    Map.of());
        };
    }

    private ObjectNode compare(PlainDescent plain, LossTrainee ours) {
        int[] samples = new int[BATCH];
        List<Double> losses = new ArrayList<>();
        List<Double> plainLosses = new ArrayList<>();
        InTurn times = new InTurn(BLOCKS, STEPS);
        times.run(
                () -> {
                    Trainee.Step step = new Trainee.Step(samples, losses.size(), 1, 1);
                    losses.add(ours.step(step).getOrDefault("loss", Double.NaN));
                },
                () -> plainLosses.add((double) plain.step(images, labels, (float) RATE)));
        double apart =
                IntStream.range(0, losses.size())
                        .mapToDouble(i -> Math.abs(losses.get(i) - plainLosses.get(i)))
                        .max()
                        .orElseThrow();
        return times.describe(Output.object().put("batch", BATCH))
                .put("largest_difference_of_losses", apart);
    }
}
