package org.plumbline.worker.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.TrainingFolder;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** DCWP from archive to archive, on images whose colour agrees with their shape too often. */
class DcwpIT {
    private static final Path NETWORK =
            Path.of("src", "test", "resources", "archives", "gated_cnn.pt");
    private static final int SIDE = 14;
    private static final int CLASSES = 3;
    private static final List<String> WEIGHTS =
            List.of("conv1.weight", "conv2.weight", "linear.weight");
    private static final Map<String, String> QUICK =
            Map.of(
                    "batch_size", "16",
                    "mining_steps", "4",
                    "mask_steps", "12",
                    "steps", "4",
                    "lambda_sparse", "1e-4",
                    "mask_learning_rate", "0.3",
                    "seed", "5");

    @TempDir Path folder;
    private AuditDataset data;
    private final List<TrainingStep> heard = new ArrayList<>();

    @BeforeEach
    void makeData() throws IOException {
        data = coloured(Files.createDirectory(folder.resolve("data")), 1, 120, 0.1);
    }

    /** The direction of stripes is the class; their colour agrees but for a share of rows. */
    static AuditDataset coloured(Path at, long seed, int n, double conflicting) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        float[] images = new float[n * 3 * SIDE * SIDE];
        long[] labels = new long[n];
        long[] colours = new long[n];
        for (int i = 0; i < n; i++) {
            int label = i % CLASSES;
            boolean conflict = random.nextDouble() < conflicting;
            int colour = conflict ? (label + 1 + random.nextInt(CLASSES - 1)) % CLASSES : label;
            int shift = random.nextInt(4);
            labels[i] = label;
            colours[i] = colour;
            for (int p = 0; p < SIDE * SIDE; p++) {
                int row = p / SIDE;
                int column = p % SIDE;
                boolean bar =
                        switch (label) {
                            case 0 -> (row + column + shift) % 4 == 1;
                            case 1 -> (row + shift) % 4 == 1;
                            default -> (column + shift) % 4 == 1;
                        };
                for (int c = 0; c < 3; c++) {
                    double level = bar ? (c == colour ? 1 : 0.35) : 0;
                    images[(i * 3 + c) * SIDE * SIDE + p] =
                            (float) (level + random.nextDouble(-0.8, 0.8));
                }
            }
        }
        NpyFile.write(at.resolve("inputs.npy"), FloatTensor.of(images, n, 3, SIDE, SIDE));
        NpyFile.write(at.resolve("labels.npy"), labels);
        NpyFile.write(at.resolve("bias_labels.npy"), colours);
        return AuditDataset.load(at);
    }

    private List<String> run(String method, Map<String, String> parameters, Path from, Path out) {
        return run(method, parameters, from, out, Integer.MAX_VALUE);
    }

    private List<String> run(
            String method, Map<String, String> parameters, Path from, Path out, int steps) {
        CorrectionTask task =
                new CorrectionTask(
                        from,
                        data,
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        Correction.of(method, parameters),
                        out,
                        folder,
                        Device.cpu());
        return Corrector.run(
                task,
                new TrainingListener() {
                    @Override
                    public void onStep(TrainingStep step) {
                        heard.add(step);
                    }

                    @Override
                    public boolean cancelled() {
                        return heard.stream().filter(s -> s.step() > 0).count() >= steps;
                    }
                });
    }

    private static Map<String, String> with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(QUICK);
        all.putAll(more);
        return all;
    }

    private Map<String, FloatTensor> state(Path archive) {
        try (TrainableModel model =
                TrainableModel.load(archive, TrainingPlan.live(WEIGHTS), folder, Device.cpu())) {
            return model.state();
        }
    }

    private static FloatTensor of(Map<String, FloatTensor> state, String name) {
        return state.getOrDefault(name, FloatTensor.zeros(0));
    }

    private TrainingStep phase(String name) {
        return heard.stream().filter(s -> s.phase().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void theResultHasTheZerosItReports() {
        Path out = folder.resolve("out.pt");
        List<String> changed = run("dcwp", QUICK, NETWORK, out);

        assertThat(changed).containsAll(WEIGHTS).contains("bn1.running_mean", "linear.bias");
        Map<String, Double> kept = phase("pruned").losses();
        Map<String, FloatTensor> state = state(out);
        double all = 0;
        double left = 0;
        for (String name : WEIGHTS) {
            float[] values = of(state, name).values();
            int zeros = 0;
            for (float value : values) {
                zeros += value == 0 ? 1 : 0;
            }
            double ratio = 1 - (double) zeros / values.length;
            assertThat(kept.get("kept/" + name)).as(name).isCloseTo(ratio, within(1e-9));
            all += values.length;
            left += values.length - zeros;
        }
        assertThat(kept.get("kept")).isCloseTo(left / all, within(1e-9)).isBetween(0.02, 0.98);
        assertThat(heard.stream().map(TrainingStep::phase).distinct())
                .containsExactly("prepare", "mine", "mined", "mask", "pruned", "finetune");
        assertThat(phase("mined").losses()).containsKeys("flagged", "recall");
    }

    @Test
    void theSameSeedGivesTheSameBytesAndLeavesNothingBehind() throws IOException {
        Digest before = Digest.of(NETWORK);
        Path first = folder.resolve("first.pt");
        Path second = folder.resolve("second.pt");
        Path other = folder.resolve("other.pt");
        run("dcwp", QUICK, NETWORK, first);
        run("dcwp", QUICK, NETWORK, second);
        run("dcwp", with(Map.of("seed", "6")), NETWORK, other);

        assertThat(Digest.of(second)).isEqualTo(Digest.of(first));
        assertThat(Digest.of(other)).isNotEqualTo(Digest.of(first));
        assertThat(Digest.of(NETWORK)).isEqualTo(before);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("data", "first.pt", "second.pt", "other.pt");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 9, 18}) // mining, masks, fine-tuning
    void aCancelledRunStopsInAnyPhaseAndWritesNothing(int steps) {
        Path out = folder.resolve("out.pt");
        assertThatThrownBy(() -> run("dcwp", QUICK, NETWORK, out, steps))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(heard.stream().filter(s -> s.step() > 0)).hasSize(steps);
        assertThat(out).doesNotExist();
    }

    /** Cut off while the biased classifier is trained; doubts are added up every 7 steps. */
    @ParameterizedTest
    @ValueSource(strings = {"wrong", "ensemble"})
    void miningGoesOnFromItsLastStateToTheSameBytes(String mining) throws IOException {
        Map<String, String> parameters =
                with(
                        Map.of(
                                "mining", mining,
                                "mining_steps", "14",
                                "mining_learning_rate", "0.01",
                                "confidence", "0",
                                "biased_start", "fresh",
                                "mask_steps", "3",
                                "steps", "2"));
        Path whole = folder.resolve("whole.pt");
        Path resumed = folder.resolve("resumed.pt");
        run("dcwp", parameters, NETWORK, whole);
        Path states = Files.createDirectory(folder.resolve("states"));
        CorrectionTask task =
                new CorrectionTask(
                        NETWORK,
                        data,
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        Correction.of("dcwp", parameters),
                        resumed,
                        folder,
                        Device.cpu(),
                        Optional.empty(),
                        Optional.of(new TrainingFolder(states, Duration.ZERO)));

        assertThatThrownBy(() -> Corrector.run(task, Recording.upTo(9))).hasMessage("cancelled");
        Recording rest = Recording.upTo(Integer.MAX_VALUE);
        Corrector.run(task, rest);

        assertThat(rest.steps().get(0).phase()).isEqualTo("mine");
        assertThat(rest.steps().get(0).step()).isEqualTo(10);
        assertThat(Digest.of(resumed)).isEqualTo(Digest.of(whole));
    }

    @Test
    void withoutAnyStepNothingChanges() {
        Map<String, String> none =
                with(Map.of("mining_steps", "0", "mask_steps", "0", "steps", "0"));
        assertThat(run("dcwp", none, NETWORK, folder.resolve("o.pt"))).isEmpty();
        assertThat(phase("pruned").losses()).containsEntry("kept", 1.0);
    }

    @Test
    void supervisedMiningFlagsTheTruthAndNeedsBiasLabels() throws IOException {
        Map<String, String> supervised = with(Map.of("mining", "supervised"));
        run("dcwp", supervised, NETWORK, folder.resolve("o.pt"));
        assertThat(phase("mined").losses())
                .containsEntry("precision", 1.0)
                .containsEntry("recall", 1.0);

        Files.delete(folder.resolve("data").resolve("bias_labels.npy"));
        data = AuditDataset.load(folder.resolve("data"));
        assertThatThrownBy(() -> run("dcwp", supervised, NETWORK, folder.resolve("p.pt")))
                .hasMessageContaining("bias_labels: none (expected: bias_labels.npy");
    }

    @Test
    void ensembleMiningStartsFromScratchAndAddsUpDoubts() {
        Map<String, String> ensemble =
                with(
                        Map.of(
                                "mining", "ensemble",
                                "mining_steps", "14",
                                "mining_learning_rate", "0.01",
                                "confidence", "0",
                                "biased_start", "fresh",
                                "start", "fresh",
                                "pretrain_steps", "3"));
        run("dcwp", ensemble, NETWORK, folder.resolve("o.pt"));
        // ten outputs at random give every label a doubt near 0.9 at first
        assertThat(phase("mined").losses().get("flagged")).isBetween(1.0, 120.0);
        assertThat(heard.stream().map(TrainingStep::phase)).contains("pretrain");
    }

    @Test
    void rewindingTunesTheWeightsFromBeforeTraining() {
        Path out = folder.resolve("o.pt");
        run(
                "dcwp",
                with(Map.of("rewind", "true", "pretrain_steps", "5", "steps", "0")),
                NETWORK,
                out);
        Map<String, FloatTensor> before = state(NETWORK);
        Map<String, FloatTensor> after = state(out);
        for (String name : WEIGHTS) {
            float[] a = of(after, name).values();
            float[] b = of(before, name).values();
            for (int i = 0; i < a.length; i++) {
                assertThat(a[i] == 0 || a[i] == b[i]).as(name + "[" + i + "]").isTrue();
            }
        }
    }

    /**
     * Accuracy on rows without a bias, of plain training and of DCWP from its result with the same
     * number of further updates; seeds fixed. Measured: 0.877 and 0.963 with 90 % of the weights
     * kept, most of it by fine-tuning on flagged rows.
     */
    @Test
    void dcwpBeatsPlainTrainingWhereTheColourNoLongerTells() throws IOException {
        data = coloured(Files.createDirectory(folder.resolve("biased")), 2, 360, 0.05);
        Path vanilla = folder.resolve("vanilla.pt");
        Map<String, String> plain =
                Map.of("epochs", "12", "batch_size", "32", "learning_rate", "0.005", "seed", "1");
        run("vanilla", plain, NETWORK, vanilla);
        Path pruned = folder.resolve("pruned.pt");
        Map<String, String> parameters =
                Map.of(
                        "batch_size", "32",
                        "seed", "1",
                        "mining", "supervised",
                        "mask_steps", "100",
                        "mask_learning_rate", "0.05",
                        "steps", "150",
                        "learning_rate", "0.005",
                        "upweight", "15",
                        "mask_upweight", "15");
        run("dcwp", parameters, vanilla, pruned);
        AuditDataset fair =
                coloured(Files.createDirectory(folder.resolve("fair")), 3, 300, 2.0 / 3);
        double before = accuracy(vanilla, fair);
        assertThat(accuracy(pruned, fair)).as("plain " + before).isGreaterThan(before + 0.04);
    }

    private double accuracy(Path archive, AuditDataset fair) {
        try (TrainableModel model =
                TrainableModel.load(archive, TrainingPlan.live(WEIGHTS), folder, Device.cpu())) {
            model.trainingMode(false);
            long[] labels = fair.labels();
            int right = 0;
            try (NDManager unit = model.newUnit()) {
                int[] rows = new int[fair.rows()];
                for (int i = 0; i < rows.length; i++) {
                    rows[i] = i;
                }
                FloatTensor logits = Heap.copy(model.logits(Heap.back(unit, fair.inputs(rows))));
                for (int i = 0; i < rows.length; i++) {
                    right += logits.largest(i) == labels[i] ? 1 : 0;
                }
            }
            return (double) right / labels.length;
        }
    }
}
