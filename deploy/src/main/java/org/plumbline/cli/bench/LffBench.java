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
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.tap.Updater;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.worker.correction.ensemble.BiasedTerm;
import org.plumbline.worker.correction.ensemble.LffTrainee;
import org.plumbline.worker.correction.ensemble.RelativeDifficulty;
import org.plumbline.worker.correction.ensemble.ReweightingLosses;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Trainee;
import org.plumbline.worker.training.TrainingRows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A step of learning from failure on the CMNIST network, against what the engine needs at least for
 * it: two forward passes, two cross-entropies, one backward pass and Adam on a batch that is
 * already in native memory. Both take turns. There are as many samples as in the published data
 * set, of fewer images. Confined to one thread.
 */
final class LffBench {
    private static final int SAMPLES = 55_000;
    private static final int IMAGES = 2048;
    private static final int BATCH = 256;
    private static final int CLASSES = 10;
    private static final int BLOCKS = 20;
    private static final int STEPS = 20;
    private static final double RATE = 1e-3;
    private static final UpdateRule ADAM = new UpdateRule.Adam(0.9, 0.999, 1e-8, 0);

    private final Path archive;
    private final Path work;
    private final Progress progress;

    /**
     * Makes a benchmark.
     *
     * @param archive network for {@code [n, 3, 28, 28]} and ten classes
     * @param work existing empty folder
     */
    LffBench(Path archive, Path work, Progress progress) {
        this.archive = archive;
        this.work = work;
        this.progress = progress;
    }

    ObjectNode run() throws IOException {
        progress.say("steps of learning from failure");
        AuditDataset data = data();
        int[] rows = IntStream.range(0, SAMPLES).map(i -> i % IMAGES).toArray();
        TrainingPlan plan = TrainingPlan.live(parameters());
        try (NativeOperators operators =
                        NativeOperators.load(work, Device.cpu(), ReweightingLosses.SOURCE);
                TrainableModel debiased = load(plan);
                TrainableModel biased = load(plan);
                NDManager kept = operators.newUnit()) {
            ReweightingLosses losses = new ReweightingLosses(operators);
            TrainingRows trained = new TrainingRows(data, rows);
            NDList parameters = debiased.parameters(kept);
            parameters.addAll(biased.parameters(kept));
            Bare bare =
                    new Bare(
                            operators,
                            List.of(debiased, biased),
                            Heap.back(kept, data.inputs(Arrays.copyOf(rows, BATCH))),
                            kept.create(Arrays.copyOf(data.labels(), BATCH)),
                            parameters);
            try (LffTrainee trainee =
                            new LffTrainee(
                                    new LffTrainee.Networks(debiased, biased),
                                    trained,
                                    new BiasedTerm(losses, 0.7, Optional.empty()),
                                    new RelativeDifficulty(
                                            operators,
                                            RelativeDifficulty.Settings.guarded(0.7),
                                            trained.labels(),
                                            CLASSES),
                                    new OptimizerSettings(ADAM, RATE, Double.POSITIVE_INFINITY));
                    Updater updater = new Updater(operators, ADAM, parameters)) {
                return measured(trainee, bare, updater);
            }
        }
    }

    private static ObjectNode measured(LffTrainee trainee, Bare bare, Updater updater) {
        InTurn times = new InTurn(BLOCKS, STEPS);
        int[] number = {0};
        times.run(
                () -> {
                    int step = number[0]++;
                    int from = step * BATCH % (SAMPLES - BATCH);
                    int[] samples = IntStream.range(from, from + BATCH).toArray();
                    trainee.step(new Trainee.Step(samples, step, 1, 1));
                },
                () -> bare.step(updater));
        return times.describe(
                Output.object().put("method", "lff").put("samples", SAMPLES).put("batch", BATCH));
    }

    /** What no implementation over this engine can leave out. */
    private record Bare(
            NativeOperators operators,
            List<TrainableModel> models,
            NDArray x,
            NDArray y,
            NDList parameters) {

        void step(Updater updater) {
            try (NDManager unit = operators.newUnit()) {
                NDList terms = new NDList();
                for (TrainableModel model : models) {
                    NDArray z = model.logits(x);
                    z.attach(unit);
                    NDArray weights = unit.ones(new Shape(CLASSES));
                    terms.add(operators.crossEntropy(unit, z, y, weights));
                }
                NDArray loss = operators.weightedSum(unit, terms, 1, 1);
                updater.update(unit, operators.gradients(unit, loss, parameters), RATE);
            }
        }
    }

    private TrainableModel load(TrainingPlan plan) {
        return TrainableModel.load(archive, plan, work, Device.cpu());
    }

    private List<String> parameters() throws IOException {
        try (Archive opened = Archive.open(archive)) {
            return opened.parameters().stream().map(StoredTensor::name).toList();
        }
    }

    private AuditDataset data() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[IMAGES * 3 * 28 * 28];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        long[] labels = new long[IMAGES];
        for (int i = 0; i < IMAGES; i++) {
            labels[i] = random.nextInt(CLASSES);
        }
        Path folder = Files.createDirectories(work.resolve("data"));
        NpyFile.write(folder.resolve("inputs.npy"), FloatTensor.of(values, IMAGES, 3, 28, 28));
        NpyFile.write(folder.resolve("labels.npy"), labels);
        return AuditDataset.load(folder);
    }
}
