package org.plumbline.worker.correction.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.OperatorSource;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.correction.Golden;
import org.plumbline.worker.correction.pruning.DebiasedContrast.Positives;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.LiveBatch;
import org.plumbline.worker.training.TrainingRows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gates, contrastive loss and steps of the published code; tolerances are those of the cases. */
class DcwpParityTest {
    private static final Path NETWORK =
            Path.of("src", "test", "resources", "archives", "gated_cnn.pt");
    private static final List<String> LAYERS = List.of("conv1", "conv2", "linear");
    private static final OperatorSource JOINED =
            new OperatorSource(
                    "joined",
                    """
                    def plumbline_joined(self, xs: List[Tensor]) -> Tensor:
                        return torch.cat(xs, 0)
                    """);
    private static final String LOGITS = ".mask.gumbel_pi";

    @TempDir Path work;
    private NativeOperators operators;
    private NDManager unit;

    @BeforeEach
    void load() {
        operators = NativeOperators.load(work, Device.cpu(), BiasedTraining.SOURCE, JOINED);
        unit = operators.newUnit();
    }

    @AfterEach
    void close() {
        unit.close();
        operators.close();
    }

    @ParameterizedTest
    @CsvSource({"soft,1,1", "soft_tau_0.3,0.3,1", "flip,1,-1"})
    void softSamplesAndTheirGradients(String result, double temperature, float sign)
            throws IOException {
        Golden golden = Golden.of("g_gumbel_mask");
        NDArray pi = times(golden.input("gumbel_pi"), sign);
        NDArray u = Heap.back(unit, golden.input("uniform"));
        NDArray soft =
                operators.callOne(
                        "plumbline_gate_soft",
                        Operands.in(unit).tensor(pi).tensor(u).numbers(temperature, 1));
        golden.matches(result + "/sample", soft.toFloatArray());
        // the gradient of a mask times 1: the upstream gradient is that of the weight
        NDArray ones = unit.ones(pi.getShape());
        NDArray gradient = times(golden.input("upstream_gradient"), sign);
        operators.call(
                "plumbline_gate_gradient",
                Operands.in(unit)
                        .tensor(gradient)
                        .tensor(ones)
                        .tensor(pi)
                        .tensor(u)
                        .numbers(temperature, 1, 0));
        golden.matches(result + "/gradient", gradient.toFloatArray());
    }

    private NDArray times(FloatTensor values, float factor) {
        float[] scaled = values.values().clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return Heap.back(unit, FloatTensor.of(scaled, values.shape()));
    }

    @Test
    void hardSamplesStraightThroughFixedMasksAndTheirSum() throws IOException {
        Golden golden = Golden.of("g_gumbel_mask");
        NDArray weight = unit.ones(Heap.back(unit, golden.input("gumbel_pi")).getShape());
        try (WeightMasks masks =
                new WeightMasks(
                        operators, List.of("w"), new NDList(weight), new Gate(0, 1, true))) {
            masks.restore(List.of(golden.input("gumbel_pi")));
            GateNoise noise = (scope, i, like) -> Heap.back(scope, golden.input("uniform"));
            masks.sample(unit, noise);
            golden.matches("hard/sample", weight.toFloatArray());
            NDArray upstream = Heap.back(unit, golden.input("upstream_gradient"));
            NDArray gradient = masks.gradients(unit, new NDList(upstream), noise, 0).get(0);
            golden.matches("hard/gradient", gradient.toFloatArray());
            golden.matches("fixed_mask", masks.fixed(unit).get(0).toFloatArray());
            golden.near(
                    "sum",
                    "sparsity_regulariser",
                    golden.value("sparsity_regulariser").asDouble(),
                    masks.sum(unit).toFloatArray()[0]);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "as_in_training,FLAGGED,0.07",
        "pairwise_or,EITHER_FLAGGED,0.07",
        "labels_only,SAME_CLASS,0.07",
        "temperature_0.5,FLAGGED,0.5"
    })
    void contrastiveLossAndItsGradient(String result, Positives positives, double temperature)
            throws IOException {
        Golden golden = Golden.of("g_debiased_supcon");
        NDArray features = operators.leaf(unit, Heap.back(unit, golden.input("features")));
        NDArray loss =
                new DebiasedContrast(temperature, golden.parameter("base_temperature"), positives)
                        .of(
                                operators,
                                unit,
                                features,
                                unit.create(golden.wholeInput("labels")),
                                Heap.back(unit, golden.input("bias_label")));
        golden.near(
                result,
                result + "/loss",
                golden.value(result + "/loss").asDouble(),
                loss.toFloatArray()[0]);
        NDArray gradient = operators.gradients(unit, loss, new NDList(features)).get(0);
        golden.matches(result + "/gradient", gradient.toFloatArray());
    }

    /** Two views of a sample are two samples of one label and flag. */
    @Test
    void twoViews() throws IOException {
        Golden golden = Golden.of("g_debiased_supcon");
        NDArray first = operators.leaf(unit, Heap.back(unit, golden.input("features")));
        NDArray second = Heap.back(unit, golden.input("features_second_view"));
        NDArray both =
                operators.callOne(
                        "plumbline_joined", Operands.in(unit).list(new NDList(first, second)));
        long[] labels = golden.wholeInput("labels");
        long[] twice = Arrays.copyOf(labels, 2 * labels.length);
        System.arraycopy(labels, 0, twice, labels.length, labels.length);
        float[] flags = golden.input("bias_label").values();
        float[] flagsTwice = Arrays.copyOf(flags, 2 * flags.length);
        System.arraycopy(flags, 0, flagsTwice, flags.length, flags.length);
        NDArray loss =
                new DebiasedContrast(0.07, 0.07, Positives.FLAGGED)
                        .of(operators, unit, both, unit.create(twice), unit.create(flagsTwice));
        golden.near(
                "two_views",
                "two_views/loss",
                golden.value("two_views/loss").asDouble(),
                loss.toFloatArray()[0]);
    }

    /** Where the published loss is the mean of nothing, ours is 0 with a gradient of 0. */
    @ParameterizedTest
    @CsvSource({"16", "1"})
    void withoutAnyPositiveTheLossIsZero(int n) throws IOException {
        Golden golden = Golden.of("g_debiased_supcon");
        assertThat(golden.value("no_positive_pair/loss").asText()).isEqualTo("NaN");
        FloatTensor all = golden.input("features");
        NDArray features = operators.leaf(unit, Heap.back(unit, all.slice(0, n)));
        NDArray loss =
                new DebiasedContrast(0.07, 0.07, Positives.FLAGGED)
                        .of(
                                operators,
                                unit,
                                features,
                                unit.create(Arrays.copyOf(golden.wholeInput("labels"), n)),
                                unit.create(new float[n]));
        assertThat(loss.toFloatArray()[0]).isZero();
        assertThat(operators.gradients(unit, loss, new NDList(features)).get(0).toFloatArray())
                .containsOnly(0f);
    }

    @Test
    void fiveStepsOfMaskLearning() throws IOException {
        Golden golden = Golden.of("g_mask_optimisation");
        List<String> names = LAYERS.stream().map(layer -> layer + ".weight").toList();
        TrainingPlan plan = TrainingPlan.live(names).tapping(new LayerPath("pool"));
        try (TrainableModel model = TrainableModel.load(NETWORK, plan, work, Device.cpu())) {
            model.restore(initial(golden));
            model.trainingMode(true);
            MaskSettings settings =
                    new MaskSettings(
                            new Gate(0, 1, true),
                            new TaskLoss(
                                    new DebiasedContrast(0.07, 0.07, Positives.FLAGGED),
                                    golden.parameter("lambda_con_prune")),
                            golden.parameter("mask_lr"),
                            1e-8,
                            golden.parameter("lambda_sparse"),
                            80);
            try (WeightMasks masks =
                            new WeightMasks(
                                    operators, names, model.parameters(unit), settings.gate());
                    MaskLearning learning =
                            new MaskLearning(
                                    operators,
                                    model,
                                    masks,
                                    nothing(golden),
                                    settings,
                                    new MaskLearning.Drawing(0, 1))) {
                masks.restore(
                        LAYERS.stream().map(l -> golden.input("init/" + l + LOGITS)).toList());
                steps(golden, learning, masks);
                Map<String, FloatTensor> after = model.state();
                for (String name : List.of("running_mean", "running_var")) {
                    golden.matches("final/bn1." + name, of(after, "bn1." + name));
                    golden.matches("final/bn2." + name, of(after, "bn2." + name));
                }
                kept(golden, masks);
                frozen(golden, model, masks);
            }
        }
    }

    /** Reads int64 of any number of axes, row by row. */
    private static long[] wholes(Golden golden, String input) throws IOException {
        String file = golden.json().path("inputs").path(input).path("file").asText();
        ByteBuffer bytes =
                ByteBuffer.wrap(Files.readAllBytes(golden.folder().resolve(file)))
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(10 + bytes.getShort(8)); // version 1.0: the header's length is at byte 8
        long[] values = new long[bytes.remaining() / Long.BYTES];
        bytes.asLongBuffer().get(values);
        return values;
    }

    private void steps(Golden golden, MaskLearning learning, WeightMasks masks) throws IOException {
        FloatTensor images = golden.input("images");
        long[] labels = wholes(golden, "labels");
        long[] index = wholes(golden, "index");
        float[] bias = golden.input("bias_label").values();
        long[] shape = images.shape();
        int steps = (int) shape[0];
        int n = (int) shape[1];
        List<Float> logits = new ArrayList<>();
        for (int s = 0; s < steps; s++) {
            int step = s;
            float[] flags = new float[n];
            for (int i = 0; i < n; i++) {
                flags[i] = bias[(int) index[s * n + i]];
            }
            float[] x = images.slice(s, s + 1).values();
            LiveBatch batch =
                    new LiveBatch(
                            Heap.back(unit, FloatTensor.of(x, n, shape[2], shape[3], shape[4])),
                            unit.create(Arrays.copyOfRange(labels, s * n, (s + 1) * n)));
            GateNoise recorded =
                    (scope, i, like) ->
                            Heap.back(
                                    scope,
                                    golden.input("uniform/step" + step + "/" + LAYERS.get(i)));
            MaskLearning.Seen seen = learning.step(unit, batch, unit.create(flags), recorded);
            for (float logit : seen.terms().logits().toFloatArray()) {
                logits.add(logit);
            }
            losses(golden, s, seen.values());
            if (golden.json().path("results").has("step" + s + "/" + LAYERS.get(0) + LOGITS)) {
                for (int i = 0; i < LAYERS.size(); i++) {
                    String tensor = LAYERS.get(i) + LOGITS;
                    golden.matches(
                            "step" + s + "/gradient/" + tensor,
                            seen.gradients().get(i).toFloatArray());
                    golden.matches("step" + s + "/" + tensor, masks.values().get(i).values());
                }
            }
        }
        float[] all = new float[logits.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = logits.get(i);
        }
        golden.matches("logits", all);
    }

    private static void losses(Golden golden, int step, Map<String, Double> values) {
        Map<String, String> published =
                Map.of(
                        "cross_entropy", "cross_entropy",
                        "contrastive", "contrast",
                        "total", "loss");
        published.forEach(
                (theirs, ours) ->
                        golden.near(
                                theirs + " of step " + step,
                                "losses",
                                golden.value("losses").path(step).path(theirs).asDouble(),
                                values.getOrDefault(ours, Double.NaN)));
    }

    private static void kept(Golden golden, WeightMasks masks) {
        JsonNode ratios = golden.value("kept_ratio");
        double kept = 0;
        double size = 0;
        for (KeptWeights weight : masks.kept()) {
            String name = weight.tensor().replace(".weight", LOGITS);
            golden.near(name, "kept_ratio", ratios.path(name).asDouble(), weight.ratio());
            kept += weight.kept();
            size += weight.size();
        }
        golden.near("all", "kept_ratio", ratios.path("all").asDouble(), kept / size);
    }

    private void frozen(Golden golden, TrainableModel model, WeightMasks masks) {
        masks.writeDense();
        operators.call(
                "plumbline_gate_fix",
                Operands.in(unit).list(masks.weights()).list(masks.fixed(unit)));
        model.trainingMode(false);
        FloatTensor images = golden.input("images");
        long[] shape = images.shape();
        FloatTensor first =
                FloatTensor.of(images.slice(0, 1).values(), shape[1], shape[2], shape[3], shape[4]);
        golden.matches("frozen/logits", model.logits(Heap.back(unit, first)).toFloatArray());
    }

    private static float[] of(Map<String, FloatTensor> state, String name) {
        return state.getOrDefault(name, FloatTensor.zeros(0)).values();
    }

    private static Map<String, FloatTensor> initial(Golden golden) {
        Map<String, FloatTensor> values = new LinkedHashMap<>();
        golden.json()
                .path("inputs")
                .fieldNames()
                .forEachRemaining(
                        name -> {
                            boolean tracked = name.endsWith("num_batches_tracked");
                            if (name.startsWith("init/") && !name.endsWith(LOGITS) && !tracked) {
                                values.put(name.substring(5), golden.input(name));
                            }
                        });
        return values;
    }

    /** Rows that no step of this test draws. */
    private FlaggedRows nothing(Golden golden) throws IOException {
        Path folder = Files.createDirectory(work.resolve("data"));
        FloatTensor images = golden.input("images");
        long[] shape = images.shape();
        NpyFile.write(
                folder.resolve("inputs.npy"),
                FloatTensor.of(
                        images.slice(0, 1).values(), shape[1], shape[2], shape[3], shape[4]));
        NpyFile.write(folder.resolve("labels.npy"), new long[(int) shape[1]]);
        AuditDataset data = AuditDataset.load(folder);
        return new FlaggedRows(new TrainingRows(data, 0), DenseVector.copyOf(0f));
    }
}
