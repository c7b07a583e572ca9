package org.plumbline.worker.correction.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.OperatorSource;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.tap.Updater;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.correction.pruning.DebiasedContrast.Positives;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.Checkpoints;
import org.plumbline.worker.training.Length;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.LoopSettings;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingLoop;
import org.plumbline.worker.training.TrainingRows;
import org.plumbline.worker.training.TrainingStep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Masks over the weights of a loaded network: gradients, chance, memory, resuming. */
class WeightMasksIT {
    private static final Path NETWORK =
            Path.of("src", "test", "resources", "archives", "gated_cnn.pt");
    private static final List<String> WEIGHTS =
            List.of("conv1.weight", "conv2.weight", "linear.weight");
    private static final int N = 12;

    /** The same network as a function of its weights and masks, straight through. */
    private static final OperatorSource EXPLICIT =
            new OperatorSource(
                    "explicit",
                    """
                    def plumbline_through(self, w: Tensor, pi: Tensor, u: Tensor, n: Tensor) -> Tensor:
                        r = self.plumbline_gate_soft(pi, u, n)
                        hard = torch.type_as(torch.gt(r, 0.5), r)
                        return w * (torch.detach(hard - r) + r)
                    def plumbline_explicit(self, ws: List[Tensor], pis: List[Tensor], us: List[Tensor], bias: Tensor, x: Tensor, y: Tensor, n: Tensor) -> Tensor:
                        a = torch.conv2d(x, self.plumbline_through(ws[0], pis[0], us[0], n), None, [2, 2], [1, 1])
                        a = torch.relu(torch.batch_norm(a, None, None, None, None, True, 0.1, 1e-05, False))
                        a = torch.conv2d(a, self.plumbline_through(ws[1], pis[1], us[1], n), None, [2, 2], [1, 1])
                        a = torch.relu(torch.batch_norm(a, None, None, None, None, True, 0.1, 1e-05, False))
                        a = torch.mean(a, [2, 3], False)
                        z = torch.linear(a, self.plumbline_through(ws[2], pis[2], us[2], n), bias)
                        return torch.cross_entropy_loss(z, y)
                    """);

    @TempDir Path work;
    private NativeOperators operators;
    private TrainableModel model;
    private AuditDataset data;

    @BeforeEach
    void load() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        float[] images = new float[N * 3 * 14 * 14];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextDouble();
        }
        long[] labels = new long[N];
        for (int i = 0; i < N; i++) {
            labels[i] = i % 4;
        }
        Path folder = Files.createDirectory(work.resolve("data"));
        NpyFile.write(folder.resolve("inputs.npy"), FloatTensor.of(images, N, 3, 14, 14));
        NpyFile.write(folder.resolve("labels.npy"), labels);
        data = AuditDataset.load(folder);
        operators = NativeOperators.load(work, Device.cpu(), BiasedTraining.SOURCE, EXPLICIT);
        TrainingPlan plan = TrainingPlan.live(WEIGHTS).tapping(new LayerPath("pool"));
        model = TrainableModel.load(NETWORK, plan, work, Device.cpu());
        model.trainingMode(true);
    }

    @AfterEach
    void close() {
        model.close();
        operators.close();
    }

    private static int[] everyRow() {
        int[] rows = new int[N];
        for (int i = 0; i < N; i++) {
            rows[i] = i;
        }
        return rows;
    }

    private FlaggedRows flagged() {
        float[] flags = new float[N];
        flags[0] = 1;
        flags[5] = 1;
        return new FlaggedRows(new TrainingRows(data, everyRow()), DenseVector.copyOf(flags));
    }

    private static MaskSettings settings(double sparsity) {
        TaskLoss loss =
                new TaskLoss(new DebiasedContrast(0.07, 0.07, Positives.EITHER_FLAGGED), 0.05);
        return new MaskSettings(new Gate(1.5, 1, true), loss, 0.01, 1e-8, sparsity, 80);
    }

    private NDArray crossEntropy(NDManager unit, LiveBatch batch) {
        NDArray logits = model.logits(batch.x());
        return operators.crossEntropy(
                unit, logits, batch.y(), unit.ones(new Shape(logits.getShape().get(1))));
    }

    @ParameterizedTest(name = "legacy {0}")
    @CsvSource({"true,1", "false,0.5"})
    void gradientsAreThoseOfAutogradThroughAnExplicitMask(boolean legacy, double temperature) {
        try (NDManager unit = operators.newUnit();
                WeightMasks masks =
                        new WeightMasks(
                                operators,
                                WEIGHTS,
                                model.parameters(unit),
                                new Gate(0.3, temperature, legacy))) {
            GateNoise noise = GateNoise.of(operators, 4, 2);
            NDList us = new NDList();
            NDList pis = new NDList();
            NDList ws = new NDList();
            for (int i = 0; i < WEIGHTS.size(); i++) {
                us.add(noise.uniforms(unit, i, masks.logits().get(i)));
                pis.add(operators.leaf(unit, masks.logits().get(i)));
                ws.add(masks.weights().get(i).duplicate());
            }
            LiveBatch batch = LiveBatch.of(unit, data, everyRow());
            NDArray bias =
                    unit.create(
                            model.state()
                                    .getOrDefault("linear.bias", FloatTensor.zeros(0))
                                    .values());
            NDArray explicit =
                    operators.callOne(
                            "plumbline_explicit",
                            Operands.in(unit)
                                    .list(ws)
                                    .list(pis)
                                    .list(us)
                                    .tensor(bias)
                                    .tensor(batch.x())
                                    .tensor(batch.y())
                                    .numbers(temperature, legacy ? 1 : 0));
            NDList expected = operators.gradients(unit, explicit, pis);

            masks.sample(unit, noise);
            NDArray loss = crossEntropy(unit, batch);
            NDList actual = operators.gradients(unit, loss, masks.weights());
            masks.gradients(unit, actual, noise, 0);

            // 1e-6 of losses near 2: float32 rounding of two orders of operations
            assertThat(loss.toFloatArray()[0]).isCloseTo(explicit.toFloatArray()[0], within(1e-6f));
            for (int i = 0; i < WEIGHTS.size(); i++) {
                float[] a = actual.get(i).toFloatArray();
                float[] e = expected.get(i).toFloatArray();
                assertThat(spread(e)).as(WEIGHTS.get(i)).isGreaterThan(1e-4);
                for (int j = 0; j < a.length; j++) {
                    assertThat(a[j]).as(WEIGHTS.get(i)).isCloseTo(e[j], within(1e-6f));
                }
            }
        }
    }

    private static double spread(float[] values) {
        double most = 0;
        for (float value : values) {
            most = Math.max(most, Math.abs(value));
        }
        return most;
    }

    /** Central differences of the loss in one entry of a mask, by what stands in the parameter. */
    @Test
    void weightGradientsTimesWeightsAreFiniteDifferencesInTheMask() {
        try (NDManager unit = operators.newUnit();
                WeightMasks masks =
                        new WeightMasks(
                                operators,
                                WEIGHTS,
                                model.parameters(unit),
                                new Gate(1.5, 1, true))) {
            float[] dense = masks.weights().get(2).toFloatArray();
            masks.sample(unit, GateNoise.of(operators, 1, 1));
            LiveBatch batch = LiveBatch.of(unit, data, everyRow());
            NDArray loss = crossEntropy(unit, batch);
            float[] gradient =
                    operators.gradients(unit, loss, masks.weights()).get(2).toFloatArray();
            NDArray live = masks.weights().get(2);
            float[] masked = live.toFloatArray();
            double h = 0.05; // of a mask entry: rounding 1e-7 / h below, curvature h^2 above
            for (int entry = 0; entry < masked.length; entry += 7) {
                double up = lossWith(unit, batch, live, masked, entry, h * dense[entry]);
                double down = lossWith(unit, batch, live, masked, entry, -h * dense[entry]);
                double expected = (up - down) / (2 * h);
                assertThat((double) gradient[entry] * dense[entry])
                        .as("entry " + entry)
                        .isCloseTo(expected, within(2e-5));
            }
        }
    }

    private double lossWith(
            NDManager unit, LiveBatch batch, NDArray live, float[] values, int entry, double by) {
        float[] moved = values.clone();
        moved[entry] += (float) by;
        operators.assign(unit, new NDList(live), new NDList(unit.create(moved, live.getShape())));
        return crossEntropy(unit, batch).toFloatArray()[0];
    }

    @ParameterizedTest(name = "pi {0}")
    @CsvSource({"1.5,0.6937", "0,0.6225", "-8.5,0.5001"})
    void weightsAreKeptAsOftenAsTheGateSays(double pi, double probability) {
        Gate gate = new Gate(pi, 1, true);
        assertThat(gate.keepProbability(pi)).isCloseTo(probability, within(1e-4));
        try (NDManager unit = operators.newUnit()) {
            NDArray weight = unit.ones(new Shape(400, 500));
            try (WeightMasks masks =
                    new WeightMasks(operators, List.of("w"), new NDList(weight), gate)) {
                masks.sample(unit, GateNoise.of(operators, 9, 0));
                // 4 standard errors of 200,000 draws
                assertThat((double) weight.sum().toFloatArray()[0] / 200_000)
                        .isCloseTo(probability, within(4 * 0.5 / Math.sqrt(200_000)));
            }
        }
    }

    /** The specification's table: Adam's epsilon decides when idle weights cross zero. */
    @ParameterizedTest(name = "lambda {0}")
    @CsvSource({"1e-9,1650", "1e-8,301", "5e-6,151"})
    void idleLogitsDriftAsAdamsEpsilonSays(double lambda, int crossing) {
        try (NDManager unit = operators.newUnit()) {
            NDArray idle = unit.zeros(new Shape(3));
            try (WeightMasks masks =
                            new WeightMasks(
                                    operators,
                                    List.of("w"),
                                    new NDList(idle),
                                    new Gate(1.5, 1, true));
                    Updater updater =
                            new Updater(
                                    operators,
                                    new UpdateRule.Adam(0.9, 0.999, 1e-8, 0),
                                    masks.logits())) {
                for (int step = 1; step <= crossing + 1; step++) {
                    try (NDManager each = operators.newUnit()) {
                        NDList none = new NDList(each.zeros(new Shape(3)));
                        GateNoise noise = GateNoise.of(operators, 0, step);
                        updater.update(each, masks.gradients(each, none, noise, lambda), 0.01);
                    }
                    if (step == crossing - 2) {
                        assertThat(masks.kept().get(0).ratio()).isEqualTo(1);
                    }
                }
                assertThat(masks.kept().get(0).ratio()).isZero();
            }
        }
    }

    /** Dense weights, logits and two moments are held; a step adds the weights' gradient. */
    @Test
    void maskLearningHoldsFourArraysOfTheWeightsSizeAndAStepAddsOne() {
        try (NDManager unit = operators.newUnit()) {
            NDManager all = unit.getParentManager();
            NDList live = model.parameters(unit);
            long size = live.stream().mapToLong(NDArray::size).sum();
            long before = elements(all);
            MaskSettings settings = settings(1e-8);
            try (WeightMasks masks = new WeightMasks(operators, WEIGHTS, live, settings.gate());
                    MaskLearning learning =
                            new MaskLearning(
                                    operators,
                                    model,
                                    masks,
                                    flagged(),
                                    settings,
                                    new MaskLearning.Drawing(1, N))) {
                assertThat(elements(all) - before).isEqualTo(4 * size);
                List<Long> during = new ArrayList<>();
                GateNoise seeded = GateNoise.of(operators, 1, 0);
                try (NDManager step = operators.newUnit()) {
                    LiveBatch batch = LiveBatch.of(step, data, everyRow());
                    GateNoise watching =
                            (scope, i, like) -> {
                                during.add(elements(all) - before - 4 * size);
                                return seeded.uniforms(scope, i, like);
                            };
                    NDArray flags = step.zeros(new Shape(N));
                    learning.step(step, batch, flags, watching);
                }
                long images = (long) N * 3 * 14 * 14;
                long largest = live.stream().mapToLong(NDArray::size).max().orElse(0);
                // images, labels and scalars besides; handles to a weight count again, once each
                long extra = images + 3 * size + largest + 2000;
                assertThat(during).hasSize(6).allMatch(n -> n <= extra - size);
                assertThat(elements(all) - before).isEqualTo(4 * size);
            }
            assertThat(elements(all)).isEqualTo(before);
        }
    }

    private static long elements(NDManager manager) {
        return manager.getManagedArrays().stream().mapToLong(NDArray::size).sum();
    }

    private List<Float> learnt(TrainingListener listener, Optional<Checkpoints> checkpoints) {
        MaskSettings settings = settings(1e-3);
        TrainingPlan plan = TrainingPlan.live(WEIGHTS).tapping(new LayerPath("pool"));
        try (NDManager unit = operators.newUnit();
                TrainableModel fresh = TrainableModel.load(NETWORK, plan, work, Device.cpu());
                WeightMasks masks =
                        new WeightMasks(
                                operators, WEIGHTS, fresh.parameters(unit), settings.gate());
                MaskLearning learning =
                        new MaskLearning(
                                operators,
                                fresh,
                                masks,
                                flagged(),
                                settings,
                                new MaskLearning.Drawing(7, 4))) {
            fresh.trainingMode(true);
            TrainingLoop.run(
                    learning, LoopSettings.of(Length.steps(9), 4, 7), listener, checkpoints);
            List<Float> values = new ArrayList<>();
            for (FloatTensor tensor : learning.state().tensors().values()) {
                for (float value : tensor.values()) {
                    values.add(value);
                }
            }
            return values;
        }
    }

    @Test
    void resumedMaskLearningEqualsAnUninterruptedOneBitForBit() {
        List<Float> whole = learnt(TrainingListener.none(), Optional.empty());
        Checkpoints checkpoints = new Checkpoints(work.resolve("state.npz"), 2);
        assertThatThrownBy(() -> learnt(until(5), Optional.of(checkpoints)))
                .isInstanceOf(AuditException.class);
        List<Float> resumed = learnt(TrainingListener.none(), Optional.of(checkpoints));
        assertThat(resumed).isEqualTo(whole);
    }

    private static TrainingListener until(long most) {
        return new TrainingListener() {
            private long done;

            @Override
            public void onStep(TrainingStep step) {
                done = step.step();
            }

            @Override
            public boolean cancelled() {
                return done >= most;
            }
        };
    }

    @Test
    void flaggedRowsAreDrawnInProportion() {
        float[] flags = new float[N];
        flags[3] = 1;
        FlaggedRows rows =
                new FlaggedRows(new TrainingRows(data, everyRow()), DenseVector.copyOf(flags));
        int[] drawn = new int[N];
        for (int epoch = 1; epoch <= 2000; epoch++) {
            for (int i : rows.draws(5, 11, 4).epoch(epoch)) {
                drawn[i]++;
            }
        }
        double expected = 11.0 / (11 + N - 1);
        // 4 standard errors of 24,000 draws
        assertThat(drawn[3] / (2000.0 * N)).isCloseTo(expected, within(4 * 0.5 / Math.sqrt(24e3)));
    }

    @Test
    void doubtsAboveAThresholdAreFlagged() {
        MinedRows mined = MinedRows.above(DenseVector.copyOf(0.9f, 0.2f, 0.81f, 0.8f), 0.8);
        assertThat(mined.flags()).isEqualTo(DenseVector.copyOf(1, 0, 1, 0));
        assertThat(mined.score(1)).isEqualTo(0.2f);
    }
}
