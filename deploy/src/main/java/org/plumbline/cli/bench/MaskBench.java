package org.plumbline.cli.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.OperatorSource;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.correction.pruning.BiasedTraining;
import org.plumbline.worker.correction.pruning.DebiasedContrast;
import org.plumbline.worker.correction.pruning.DebiasedContrast.Positives;
import org.plumbline.worker.correction.pruning.FlaggedRows;
import org.plumbline.worker.correction.pruning.Gate;
import org.plumbline.worker.correction.pruning.MaskLearning;
import org.plumbline.worker.correction.pruning.MaskSettings;
import org.plumbline.worker.correction.pruning.TaskLoss;
import org.plumbline.worker.correction.pruning.WeightMasks;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.Trainee;
import org.plumbline.worker.training.TrainingRows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Steps of DCWP's mask learning on its CMNIST network, batches of 256, against the same step as one
 * call of the engine with the masks written into the network's formula and the batch in place. The
 * two take turns. Also counts the bytes of arrays that mask learning holds from step to step beside
 * the network. Confined to one thread.
 */
final class MaskBench {
    private static final int ROWS = 2048;
    private static final int BATCH = 256;
    private static final int BLOCK = 5;
    private static final int CLASSES = 10;
    private static final List<String> WEIGHTS =
            List.of(
                    "features.0.weight",
                    "features.3.weight",
                    "features.6.weight",
                    "classifier.weight");

    private final Path models;
    private final Path work;
    private final Progress progress;

    MaskBench(Path models, Path work, Progress progress) {
        this.models = models;
        this.work = work;
        this.progress = progress;
    }

    ObjectNode run(int steps) throws IOException {
        Path archive = work.resolve("cmnist_cnn.pt");
        Skeleton.fill(models.resolve("cmnist_cnn.pt"), archive, 1);
        OperatorSource bare = OperatorSource.of(MaskBench.class, "bare.py");
        TrainingPlan plan = TrainingPlan.live(WEIGHTS).tapping(new LayerPath("pool"));
        MaskSettings settings = settings();
        try (NativeOperators operators =
                        NativeOperators.load(work, Device.cpu(), BiasedTraining.SOURCE, bare);
                TrainableModel model = TrainableModel.load(archive, plan, work, Device.cpu());
                NDManager unit = operators.newUnit()) {
            NDList live = model.parameters(unit);
            long before = bytes(unit.getParentManager().getManagedArrays());
            model.trainingMode(true);
            try (WeightMasks masks = new WeightMasks(operators, WEIGHTS, live, settings.gate());
                    MaskLearning learning =
                            new MaskLearning(
                                    operators,
                                    model,
                                    masks,
                                    rows(),
                                    settings,
                                    new MaskLearning.Drawing(1, BATCH))) {
                learning.step(new Trainee.Step(first(learning), 0, 1, 1));
                long held = bytes(unit.getParentManager().getManagedArrays()) - before;
                progress.say("mask learning, " + steps + " steps");
                return measured(learning, new Bare(operators, unit, live), steps)
                        .put("weight_bytes", bytes(live))
                        .put("held_bytes", held)
                        .put("held_ratio", (double) held / bytes(live));
            }
        }
    }

    private static long bytes(List<NDArray> arrays) {
        return arrays.stream().mapToLong(a -> a.size() * a.getDataType().getNumOfBytes()).sum();
    }

    private static int[] first(MaskLearning learning) {
        return Arrays.copyOf(learning.order(1).epoch(1), BATCH);
    }

    private static ObjectNode measured(MaskLearning learning, Bare bare, int steps) {
        int[] samples = learning.order(1).epoch(1);
        InTurn times = new InTurn(Math.max(1, steps / BLOCK), Math.min(steps, BLOCK));
        int[] number = {0};
        times.run(
                () -> {
                    int step = number[0]++;
                    int from = step % (samples.length / BATCH) * BATCH;
                    int[] some = Arrays.copyOfRange(samples, from, from + BATCH);
                    learning.step(new Trainee.Step(some, step, 1, 1));
                },
                bare::step);
        return times.describe(Output.object().put("network", "cmnist_cnn").put("batch", BATCH));
    }

    private static MaskSettings settings() {
        DebiasedContrast contrast = new DebiasedContrast(0.07, 0.07, Positives.EITHER_FLAGGED);
        return new MaskSettings(
                new Gate(1.5, 1, true), new TaskLoss(contrast, 0.05), 0.01, 1e-8, 1e-8, 80);
    }

    /** Noise; every twentieth row is flagged. */
    private FlaggedRows rows() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        float[] images = new float[ROWS * 3 * 28 * 28];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextDouble();
        }
        long[] labels = new long[ROWS];
        float[] flags = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            labels[i] = i % CLASSES;
            flags[i] = i % 20 == 0 ? 1 : 0;
        }
        Path folder = Files.createDirectories(work.resolve("mask-data"));
        NpyFile.write(folder.resolve("inputs.npy"), FloatTensor.of(images, ROWS, 3, 28, 28));
        NpyFile.write(folder.resolve("labels.npy"), labels);
        return new FlaggedRows(
                new TrainingRows(AuditDataset.load(folder), IntStream.range(0, ROWS).toArray()),
                DenseVector.copyOf(flags));
    }

    /** The step as one call. */
    private static final class Bare {
        private final NativeOperators operators;
        private final NDList weights = new NDList();
        private final NDList logits = new NDList();
        private final NDList norms = new NDList();
        private final NDList moments = new NDList();
        private final NDList batch;
        private final NDArray bias;

        Bare(NativeOperators operators, NDManager unit, NDList live) {
            this.operators = operators;
            for (NDArray weight : live) {
                NDArray copy = unit.zeros(weight.getShape());
                operators.assign(unit, new NDList(copy), new NDList(weight));
                weights.add(copy);
                logits.add(unit.ones(weight.getShape()).mul(1.5f));
            }
            for (NDArray weight : live.subNDList(0, 3)) {
                Shape width = new Shape(weight.getShape().get(0));
                norms.add(unit.ones(width));
                norms.add(unit.zeros(width));
                norms.add(unit.zeros(width));
                norms.add(unit.ones(width));
            }
            for (int i = 0; i < 2; i++) {
                live.forEach(weight -> moments.add(unit.zeros(weight.getShape())));
            }
            long[] labels = IntStream.range(0, BATCH).mapToLong(i -> i % CLASSES).toArray();
            float[] flags = new float[BATCH];
            for (int i = 0; i < BATCH; i += 20) {
                flags[i] = 1;
            }
            batch =
                    new NDList(
                            unit.randomUniform(0, 1, new Shape(BATCH, 3, 28, 28)),
                            unit.create(labels),
                            unit.create(flags));
            bias = unit.zeros(new Shape(CLASSES));
        }

        void step() {
            try (NDManager unit = operators.newUnit()) {
                double sum =
                        operators.callOne(
                                        "plumbline_bare_step",
                                        Operands.in(unit)
                                                .list(weights)
                                                .list(logits)
                                                .list(norms)
                                                .list(moments)
                                                .list(batch)
                                                .tensor(bias)
                                                .numbers(1, 1)
                                                .numbers(0.07, 0.07, 0)
                                                .numbers(0.01, 0, 0.9, 0.999, 1, 1e-8)
                                                .wholes(0, 1, 2))
                                .toFloatArray()[0];
                if (!Double.isFinite(sum)) {
                    throw new IllegalStateException("loss: " + sum);
                }
            }
        }
    }
}
