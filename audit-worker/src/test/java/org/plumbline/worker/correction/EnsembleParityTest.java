package org.plumbline.worker.correction;

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
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tap.OperatorSource;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.correction.ensemble.BiasedTerm;
import org.plumbline.worker.correction.ensemble.DisEntLosses;
import org.plumbline.worker.correction.ensemble.Disentangling;
import org.plumbline.worker.correction.ensemble.MiningQuality;
import org.plumbline.worker.correction.ensemble.RelativeDifficulty;
import org.plumbline.worker.correction.ensemble.ReweightingLosses;
import org.plumbline.worker.correction.ensemble.Votes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Losses, tables, votes and gradients of the published code; tolerances are those of the cases. */
class EnsembleParityTest {
    private static final OperatorSource LINEAR =
            new OperatorSource(
                    "linear.py",
                    """
                    def plumbline_linear(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
                        return torch.linear(x, w, b)
                    """);

    @TempDir Path work;
    private NativeOperators operators;
    private ReweightingLosses losses;

    @BeforeEach
    void load() {
        operators = NativeOperators.load(work, Device.cpu(), ReweightingLosses.SOURCE, LINEAR);
        losses = new ReweightingLosses(operators);
    }

    @AfterEach
    void close() {
        operators.close();
    }

    @Test
    void generalisedCrossEntropyAndItsGradient() throws IOException {
        Golden golden = Golden.of("f_gce");
        List<String> cases = names(golden, "(q[0-9.]+)/loss");
        assertThat(cases).isNotEmpty();
        for (String name : cases) {
            double q = Double.parseDouble(name.substring(1));
            try (NDManager unit = operators.newUnit()) {
                NDArray logits = operators.leaf(unit, Heap.back(unit, golden.input("logits")));
                NDArray labels = unit.create(golden.wholeInput("labels"));
                NDArray each =
                        losses.generalised(unit, losses.crossEntropy(unit, logits, labels), q);
                NDArray mean = losses.mean(unit, each);
                golden.matches(name + "/loss", each.toFloatArray());
                golden.near(
                        name,
                        name + "/mean",
                        golden.value(name + "/mean").asDouble(),
                        scalar(mean));
                NDList gradient = operators.gradients(unit, mean, new NDList(logits));
                golden.matches(name + "/gradient", gradient.get(0).toFloatArray());
                float[] p = probability(unit, logits, labels);
                float[] textbook = new float[p.length];
                for (int i = 0; i < p.length; i++) {
                    textbook[i] = (float) ((1 - Math.pow(p[i], q)) / q);
                }
                golden.matches(name + "/textbook_loss", textbook);
            }
        }
    }

    /** Guards of 1e-8 on both maxima, the default, stay within the tolerance of both forms. */
    @ParameterizedTest(name = "{0} biased guard {2} debiased guard {3}")
    @CsvSource({"'',true,1e-8,0", "'',true,1e-8,1e-8", "lff/,false,0,0", "lff/,false,1e-8,1e-8"})
    void tablesWeightsAndLossesOfASequence(
            String prefix, boolean ensemble, double biasedGuard, double debiasedGuard)
            throws IOException {
        Golden golden = Golden.of("f_lff_sequence");
        long[] labels = golden.wholeInput("labels");
        long[] index = wholes(golden, "index");
        int steps = (int) golden.parameter("steps");
        int batch = (int) golden.parameter("batch");
        RelativeDifficulty.Settings settings =
                new RelativeDifficulty.Settings(
                        golden.parameter("ema_alpha"), biasedGuard, debiasedGuard);
        BiasedTerm biasedTerm = new BiasedTerm(losses, 0.7, votes(golden, ensemble));
        float[] weights = new float[steps * batch];
        float[] biased = new float[steps];
        float[] debiased = new float[steps];
        float[] emaBiased = new float[steps * labels.length];
        float[] emaDebiased = new float[steps * labels.length];
        try (RelativeDifficulty difficulty =
                new RelativeDifficulty(
                        operators, settings, labels, (int) golden.parameter("classes"))) {
            for (int step = 0; step < steps; step++) {
                long[] samples = Arrays.copyOfRange(index, step * batch, (step + 1) * batch);
                try (NDManager unit = operators.newUnit()) {
                    NDArray y = unit.create(picked(labels, samples));
                    NDArray zB = logits(unit, golden, "logits_b", step);
                    NDArray zD = logits(unit, golden, "logits_d", step);
                    NDArray lB = losses.crossEntropy(unit, zB, y);
                    NDArray lD = losses.crossEntropy(unit, zD, y);
                    NDArray w = difficulty.weights(unit, unit.create(samples), lB, lD);
                    System.arraycopy(w.toFloatArray(), 0, weights, step * batch, batch);
                    biased[step] = scalar(biasedTerm.of(unit, lB, ints(samples)));
                    debiased[step] = scalar(losses.weightedMean(unit, lD, w));
                }
                copyAverages(difficulty, 0, emaBiased, step);
                copyAverages(difficulty, 1, emaDebiased, step);
            }
        }
        golden.matches(prefix + "weight", weights);
        golden.matches(prefix + "loss_b_update", biased);
        golden.matches(prefix + "loss_d_update", debiased);
        golden.matches("ema_b", emaBiased);
        golden.matches("ema_d", emaDebiased);
    }

    private float[] probability(NDManager unit, NDArray logits, NDArray labels) {
        float[] verdicts = losses.verdicts(unit, logits, labels).toFloatArray();
        float[] p = new float[verdicts.length / 2];
        for (int i = 0; i < p.length; i++) {
            p[i] = verdicts[2 * i];
        }
        return p;
    }

    private static void copyAverages(
            RelativeDifficulty difficulty, int network, float[] into, int step) {
        float[] values = averages(difficulty, network);
        System.arraycopy(values, 0, into, step * values.length, values.length);
    }

    private static float[] averages(RelativeDifficulty difficulty, int network) {
        FloatTensor table = Tensors.of(difficulty.state(), "difficulty");
        return table.slice(network, network + 1).values();
    }

    private static NDArray logits(NDManager unit, Golden golden, String name, int step) {
        FloatTensor all = golden.input(name);
        FloatTensor one = all.slice(step, step + 1);
        return Heap.back(unit, FloatTensor.of(one.values(), all.extent(1), all.extent(2)));
    }

    @Test
    void votesOfBiasedNetworks() throws IOException {
        Golden golden = Golden.of("f_bias_ensemble_filter");
        FloatTensor logits = golden.input("logits");
        long[] labels = golden.wholeInput("labels");
        float[] probabilities = new float[logits.rows() * labels.length];
        for (int m = 0; m < logits.rows(); m++) {
            try (NDManager unit = operators.newUnit()) {
                NDArray z = logits(unit, golden, "logits", m);
                float[] p = probability(unit, z, unit.create(labels));
                System.arraycopy(p, 0, probabilities, m * labels.length, p.length);
            }
        }
        golden.matches("label_probability", probabilities);
        Votes votes =
                new Votes(
                        FloatTensor.of(probabilities, logits.rows(), labels.length),
                        golden.parameter("threshold"),
                        (int) golden.parameter("agreement"));
        float[] counted = new float[labels.length];
        for (int i = 0; i < counted.length; i++) {
            counted[i] = votes.votes(i);
        }
        golden.matches("votes", counted);
        golden.matches("mask", votes.alignedFlags());
        float[] kept = new float[golden.value("counts").path("kept").asInt()];
        int at = 0;
        for (int i = 0; i < labels.length; i++) {
            if (votes.isAligned(i)) {
                kept[at++] = i;
            }
        }
        golden.matches("kept_index", kept);
        long[] bias = golden.wholeInput("bias_labels");
        IntStream conflicting = IntStream.range(0, labels.length).filter(i -> bias[i] != labels[i]);
        int flaggedConflicting = (int) conflicting.filter(i -> !votes.isAligned(i)).count();
        JsonNode counts = golden.value("counts");
        MiningQuality quality =
                new MiningQuality(
                        labels.length - kept.length,
                        counts.path("conflicting").asInt(),
                        flaggedConflicting);
        assertThat(quality.conflicting() - quality.both())
                .isEqualTo(counts.path("kept_conflicting").asInt());
    }

    @ParameterizedTest
    @CsvSource({"be,true,0", "be,true,1e-8", "original,false,0", "original,false,1e-8"})
    void disentLossesAndGradients(String variant, boolean ensemble, double guard)
            throws IOException {
        Golden golden = Golden.of("f_disent_swap");
        Disentangling weights =
                new Disentangling(
                        golden.parameter("lambda_dis_align"),
                        golden.parameter("lambda_swap"),
                        golden.parameter("lambda_swap_align"),
                        (long) golden.parameter("curr_step"),
                        10_000,
                        0.5);
        BiasedTerm term =
                new BiasedTerm(losses, golden.parameter("gce_q"), votes(golden, ensemble));
        DisEntLosses disent = new DisEntLosses(term, weights);
        RelativeDifficulty.Settings settings =
                new RelativeDifficulty.Settings(golden.parameter("ema_alpha"), guard, guard);
        JsonNode expected = golden.value(variant + "/losses");
        int classes = golden.input("fc_intrinsic_weight").rows();
        try (RelativeDifficulty difficulty =
                new RelativeDifficulty(operators, settings, golden.wholeInput("labels"), classes)) {
            for (int step = 0; step < expected.size(); step++) {
                disentStep(golden, variant, disent, difficulty, step);
            }
            golden.matches(variant + "/ema_bias", averages(difficulty, 0));
            golden.matches(variant + "/ema_intrinsic", averages(difficulty, 1));
        }
    }

    private void disentStep(
            Golden golden,
            String variant,
            DisEntLosses disent,
            RelativeDifficulty difficulty,
            int step) {
        int batch = wholes(golden, "index").length / golden.value(variant + "/losses").size();
        long[] samples =
                Arrays.copyOfRange(wholes(golden, "index"), step * batch, (step + 1) * batch);
        long[] permutations = wholes(golden, "permutation");
        boolean swaps = disent.disentangling().swaps(step);
        long[] permutation =
                swaps
                        ? Arrays.copyOfRange(permutations, (step - 1) * batch, step * batch)
                        : new long[0];
        try (NDManager unit = operators.newUnit()) {
            Side intrinsic = new Side(unit, golden, "intrinsic", 0);
            Side bias = new Side(unit, golden, "bias", 1);
            NDArray index = unit.create(samples);
            DisEntLosses.Terms terms =
                    disent.of(
                            unit,
                            new DisEntLosses.Batch(
                                    intrinsic.half(index),
                                    bias.half(index),
                                    unit.create(picked(golden.wholeInput("labels"), samples)),
                                    ints(samples)),
                            difficulty,
                            ints(permutation));
            String result = variant + "/losses";
            JsonNode expected = golden.value(result).path(step);
            Disentangling w = disent.disentangling();
            near(golden, result, expected, "loss_dis_conflict", scalar(terms.parts().get(0)));
            near(
                    golden,
                    result,
                    expected,
                    "lambda_dis_align_times_loss_dis_align",
                    w.lambdaDis() * scalar(terms.parts().get(1)));
            near(golden, result, expected, "total", scalar(terms.total()));
            assertThat(terms.parts()).hasSize(swaps ? 4 : 2);
            if (swaps) {
                near(golden, result, expected, "loss_swap_conflict", scalar(terms.parts().get(2)));
                near(
                        golden,
                        result,
                        expected,
                        "lambda_swap_align_times_loss_swap_align",
                        w.lambdaSwapAlign() * scalar(terms.parts().get(3)));
            }
            String gradient = variant + "/step" + step + "/gradient_";
            if (golden.json().path("results").has(gradient + "z_bias")) {
                NDList leaves = intrinsic.leaves();
                leaves.addAll(bias.leaves());
                NDList found = operators.gradients(unit, terms.total(), leaves);
                golden.matches(gradient + "z_intrinsic", found.get(0).toFloatArray());
                golden.matches(gradient + "fc_intrinsic", side(found.get(1), found.get(2)));
                golden.matches(gradient + "z_bias", found.get(3).toFloatArray());
                golden.matches(gradient + "fc_bias", side(found.get(5), found.get(4)));
            }
        }
    }

    /** An encoder's features and its classifier, cut into its own and the foreign half. */
    private final class Side {
        private final NDManager unit;
        private final NDArray features;
        private final NDArray own;
        private final NDArray foreign;
        private final NDArray bias;

        Side(NDManager unit, Golden golden, String name, int ownHalf) {
            this.unit = unit;
            features = leaf(golden.input("z_" + name));
            FloatTensor weight = golden.input("fc_" + name + "_weight");
            own = leaf(columns(weight, ownHalf));
            foreign = leaf(columns(weight, 1 - ownHalf));
            bias = Heap.back(unit, golden.input("fc_" + name + "_bias"));
        }

        private NDArray leaf(FloatTensor values) {
            return operators.leaf(unit, Heap.back(unit, values));
        }

        NDList leaves() {
            return new NDList(features, own, foreign);
        }

        DisEntLosses.Half half(NDArray index) {
            NDArray z = losses.rows(unit, features, index);
            NDArray logits =
                    operators.callOne(
                            "plumbline_linear",
                            Operands.in(unit).tensor(z).tensor(own).tensor(bias));
            return new DisEntLosses.Half(logits, z, foreign);
        }
    }

    private static FloatTensor columns(FloatTensor weight, int number) {
        int d = weight.extent(1) / 2;
        FloatTensor half = FloatTensor.zeros(weight.rows(), d);
        for (int c = 0; c < weight.rows(); c++) {
            System.arraycopy(weight.values(), c * 2 * d + number * d, half.values(), c * d, d);
        }
        return half;
    }

    /** Joins the halves of a classifier, that of intrinsic features first. */
    private static float[] side(NDArray first, NDArray second) {
        int classes = (int) first.getShape().get(0);
        int d = (int) first.getShape().get(1);
        float[] whole = new float[2 * classes * d];
        for (int c = 0; c < classes; c++) {
            System.arraycopy(first.toFloatArray(), c * d, whole, 2 * c * d, d);
            System.arraycopy(second.toFloatArray(), c * d, whole, (2 * c + 1) * d, d);
        }
        return whole;
    }

    private static void near(
            Golden golden, String result, JsonNode expected, String name, double actual) {
        golden.near(name, result, expected.path(name).asDouble(Double.NaN), actual);
    }

    /** Votes that make exactly the given samples aligned. */
    private static Optional<Votes> votes(Golden golden, boolean ensemble) {
        if (!ensemble) {
            return Optional.empty();
        }
        float[] sure = new float[golden.wholeInput("labels").length];
        for (long sample : golden.wholeInput("pseudo_aligned_index")) {
            sure[(int) sample] = 1;
        }
        return Optional.of(new Votes(FloatTensor.of(sure, 1, sure.length), 0.5, 1));
    }

    private static List<String> names(Golden golden, String pattern) {
        Pattern named = Pattern.compile(pattern);
        List<String> found = new ArrayList<>();
        golden.json()
                .path("results")
                .fieldNames()
                .forEachRemaining(
                        name -> {
                            Matcher matcher = named.matcher(name);
                            if (matcher.matches()) {
                                found.add(matcher.group(1));
                            }
                        });
        return found;
    }

    private static long[] picked(long[] labels, long[] samples) {
        return Arrays.stream(samples).map(i -> labels[(int) i]).toArray();
    }

    private static int[] ints(long[] values) {
        return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
    }

    /** Returns a table of sample numbers row by row; they are exact as floats. */
    private static long[] wholes(Golden golden, String name) {
        float[] values = golden.input(name).values();
        long[] numbers = new long[values.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (long) values[i];
        }
        return numbers;
    }

    private static float scalar(NDArray value) {
        return value.toFloatArray()[0];
    }
}
