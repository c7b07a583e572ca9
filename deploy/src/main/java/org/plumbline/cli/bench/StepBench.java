package org.plumbline.cli.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Lap;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A step of plain training of the small network, as every correction does it, against the same step
 * written directly against the engine: both in turn, in blocks. Confined to one thread.
 */
final class StepBench {
    private static final int BATCH = 64;
    private static final int SIDE = 28;
    private static final int CLASSES = 10;
    private static final int BLOCKS = 20;
    private static final int STEPS = 5;
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
        Series plainTimes = new Series();
        Series ourTimes = new Series();
        Series ratios = new Series();
        double apart = 0;
        for (int block = -3; block < BLOCKS; block++) { // the first ones warm up
            double[] losses = new double[2];
            Lap bare =
                    Lap.of(
                            () -> {
                                for (int i = 0; i < STEPS; i++) {
                                    losses[0] = plain.step(images, labels, (float) RATE);
                                }
                            });
            Lap here =
                    Lap.of(
                            () -> {
                                for (int i = 0; i < STEPS; i++) {
                                    losses[1] =
                                            ours.step(new Trainee.Step(samples, i, 1, 1))
                                                    .getOrDefault("loss", Double.NaN);
                                }
                            });
            apart = Math.max(apart, Math.abs(losses[0] - losses[1]));
            if (block >= 0) {
                plainTimes.add(1e3 * bare.processorSeconds() / STEPS);
                ourTimes.add(1e3 * here.processorSeconds() / STEPS);
                ratios.add(here.processorSeconds() / bare.processorSeconds());
            }
        }
        return Output.object()
                .put("batch", BATCH)
                .put("engine_step_processor_ms", plainTimes.median())
                .put("step_processor_ms", ourTimes.median())
                .put("ratio_to_engine", ratios.median())
                .put("largest_difference_of_losses", apart);
    }
}
