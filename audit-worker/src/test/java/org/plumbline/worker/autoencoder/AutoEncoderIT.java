package org.plumbline.worker.autoencoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.fairwashing.TangentSpace;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Small auto-encoders against dense Jacobians and plain loops. */
class AutoEncoderIT {
    private static final VqVaeShape SMALL = new VqVaeShape(1, 8, 4, 4, 6);
    private static final int SIDE = 8;
    private static final int SIZE = SIDE * SIDE;
    private static final int LATENT = 4 * 2 * 2;

    @TempDir private Path folder;
    private NativeOperators operators;

    @BeforeEach
    void load() {
        operators = NativeOperators.load(folder, Device.cpu(), VqVaeTrainee.SOURCE);
    }

    @AfterEach
    void close() {
        operators.close();
    }

    private static FloatTensor images(int count, int channels, int side, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        FloatTensor images = FloatTensor.zeros(count, channels, side, side);
        for (int i = 0; i < images.values().length; i++) {
            boolean lit = i / side % 4 < 2;
            images.values()[i] = (float) (random.nextDouble() * 0.4 + (lit ? 0.5 : 0) - 0.5);
        }
        return images;
    }

    private static VqVae untrained(FirstValues first) {
        return new VqVae(
                new PixelScale(-0.5f, 1), first.parameters(), first.buffers().get(0), 0, 1);
    }

    /** Returns the decoder's Jacobian {@code [D][L]} at an image's codes by central differences. */
    private double[][] dense(VqVae encoder, FloatTensor image) {
        double[][] jacobian = new double[SIZE][LATENT];
        float step = 0.01f; // the decoder is piecewise linear: no error but rounding
        try (NDManager unit = operators.newUnit()) {
            FloatTensor latent = Heap.copy(latent(unit, encoder, image));
            for (int l = 0; l < LATENT; l++) {
                float[] up = decoded(unit, encoder, moved(latent, l, step));
                float[] down = decoded(unit, encoder, moved(latent, l, -step));
                for (int i = 0; i < SIZE; i++) {
                    jacobian[i][l] = (up[i] - down[i]) / (2.0 * step);
                }
            }
        }
        return jacobian;
    }

    private NDArray latent(NDManager unit, VqVae encoder, FloatTensor image) {
        return operators.callOne(
                "plumbline_vqvae_latent",
                Operands.in(unit)
                        .list(Heap.back(unit, encoder.parameters()))
                        .tensor(Heap.back(unit, encoder.codebook()))
                        .tensor(Heap.back(unit, image)));
    }

    private static FloatTensor moved(FloatTensor latent, int at, float by) {
        float[] values = latent.values().clone();
        values[at] += by;
        return FloatTensor.of(values, latent.shape());
    }

    private float[] decoded(NDManager unit, VqVae encoder, FloatTensor latent) {
        return operators
                .callOne(
                        "plumbline_vqvae_decode",
                        Operands.in(unit)
                                .list(Heap.back(unit, encoder.parameters()))
                                .tensor(Heap.back(unit, latent)))
                .toFloatArray();
    }

    private List<TangentSpace> spaces(VqVae encoder, FloatTensor images, int dimension) {
        try (DecoderTangents tangents = new DecoderTangents(dimension, 5, folder, Device.cpu())) {
            return tangents.at(images, encoder);
        }
    }

    /** Returns {@code J^T v_j}, which has length {@code sigma_j}, orthogonal to the others. */
    private static double[] back(double[][] jacobian, FloatTensor basis, int column) {
        double[] out = new double[LATENT];
        for (int i = 0; i < SIZE; i++) {
            double v = basis.values()[i * basis.extent(1) + column];
            for (int l = 0; l < LATENT; l++) {
                out[l] += jacobian[i][l] * v;
            }
        }
        return out;
    }

    private static double[] forth(double[][] jacobian, double[] u) {
        double[] out = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            for (int l = 0; l < LATENT; l++) {
                out[i] += jacobian[i][l] * u[l];
            }
        }
        return out;
    }

    /** Margin: what 0.01 of a float32 step leaves of a difference, and directions that settle. */
    @Test
    void basesAreSingularVectorsOfTheDenseJacobian() {
        VqVae encoder = untrained(FirstValues.of(SMALL, 3));
        FloatTensor images = images(3, 1, SIDE, 1);
        List<TangentSpace> found = spaces(encoder, images, 4);
        new TangentBases(
                FloatTensor.stack(found.stream().map(TangentSpace::basis).toList())); // orthonormal
        for (int row = 0; row < found.size(); row++) {
            double[][] jacobian = dense(encoder, images.slice(row, row + 1));
            FloatTensor basis = found.get(row).basis();
            double largest = found.get(row).singularValues().at(0);
            for (int j = 0; j < 4; j++) {
                double sigma = found.get(row).singularValues().at(j);
                double[] image = forth(jacobian, back(jacobian, basis, j));
                for (int i = 0; i < SIZE; i++) {
                    double v = basis.values()[i * 4 + j];
                    assertThat(image[i])
                            .isCloseTo(sigma * sigma * v, within(0.01 * largest * largest));
                }
            }
            assertThat(largest).isGreaterThan(0.9 * Math.sqrt(energy(jacobian) / LATENT));
        }
    }

    private static double energy(double[][] matrix) {
        double sum = 0;
        for (double[] line : matrix) {
            for (double value : line) {
                sum += value * value;
            }
        }
        return sum;
    }

    /** With biases that keep every rectifier open the decoder is linear. */
    @Test
    void aLinearDecoderGivesItsColumnSpace() {
        FirstValues first = FirstValues.of(SMALL, 4);
        first.parameters()
                .forEach(
                        p -> {
                            if (p.rank() == 1) {
                                java.util.Arrays.fill(p.values(), 20);
                            }
                        });
        VqVae encoder = untrained(first);
        FloatTensor images = images(2, 1, SIDE, 2);
        List<TangentSpace> found = spaces(encoder, images, 20);
        double[][] jacobian = dense(encoder, images.slice(0, 1));
        for (TangentSpace space : found) {
            assertThat(space.rank()).isEqualTo(LATENT); // of the 20 asked for
            double inside = 0;
            for (int j = 0; j < LATENT; j++) {
                double[] image = back(jacobian, space.basis(), j);
                inside += IntStream.range(0, LATENT).mapToDouble(l -> image[l] * image[l]).sum();
            }
            double outside = 1 - inside / energy(jacobian);
            assertThat(outside).isCloseTo(0, within(1e-4)); // float32 beside biases of 20
        }
        assertThat(found.get(0).singularValues().toArray())
                .containsExactly(found.get(1).singularValues().toArray(), within(1e-3f));
    }

    @Test
    void aStepMovesTheCodebookAsPlainLoopsDo() {
        FirstValues first = FirstValues.of(SMALL, 6);
        FloatTensor images = images(5, 1, SIDE, 3);
        try (NDManager unit = operators.newUnit()) {
            NDList parameters = Heap.back(unit, first.parameters());
            NDList buffers = Heap.back(unit, first.buffers());
            NDArray x = Heap.back(unit, images);
            FloatTensor z =
                    Heap.copy(
                            operators.callOne(
                                    "plumbline_vqvae_encode",
                                    Operands.in(unit).list(parameters).tensor(x)));
            NDList out =
                    operators.call(
                            "plumbline_vqvae_step",
                            Operands.in(unit)
                                    .list(parameters)
                                    .list(buffers)
                                    .tensor(x)
                                    .numbers(0.99, 1e-5, 0.25));
            PlainQuantiser plain = PlainQuantiser.of(z, first.buffers());
            assertThat((double) out.get(2).toFloatArray()[0])
                    .isCloseTo(plain.commitment(), within(1e-5));
            assertThat((double) out.get(3).toFloatArray()[0])
                    .isCloseTo(plain.perplexity(), within(1e-4));
            float[] codebook = out.get(4).toFloatArray();
            for (int i = 0; i < codebook.length; i++) { // unused codes are divided by 1e-5
                float wanted = plain.codebook()[i];
                assertThat(codebook[i]).isCloseTo(wanted, within(1e-5f * Math.abs(wanted)));
            }
            assertThat(out.get(5).toFloatArray()).containsExactly(plain.sizes(), within(1e-5f));
            assertThat(out.get(6).toFloatArray()).containsExactly(plain.sums(), within(1e-5f));
            assertThat(out.get(0).toFloatArray()[0])
                    .isCloseTo(
                            out.get(1).toFloatArray()[0] + 0.25f * out.get(2).toFloatArray()[0],
                            within(1e-6f));
        }
    }

    /** So few images leave one code, and 39 updates end before that counts as collapse. */
    @Test
    void trainingLearnsWhatGreyOrColourImagesShare() {
        for (int channels : new int[] {1, 3}) {
            VqVaeShape shape = new VqVaeShape(channels, 16, 8, 4, 16);
            int side = channels == 1 ? 28 : 32;
            FloatTensor images = images(24, channels, side, 7);
            List<TrainingStep> steps = new ArrayList<>();
            VqVae trained =
                    new VqVaeTraining(
                                    shape, new VqVaeSettings(39, 8, 2e-3, 1), folder, Device.cpu())
                            .run(images, PixelScale.of(images), listener(steps));
            double before = steps.get(0).losses().getOrDefault("reconstruction", 0.0);
            assertThat(trained.error()).isLessThan(0.7 * before);
            TangentSpace space = spaces(trained, images.slice(0, 1), 3).get(0);
            assertThat(space.basis().shape()).containsExactly((long) channels * side * side, 3);
            assertThat(space.rank()).isEqualTo(3);
        }
    }

    private static TrainingListener listener(List<TrainingStep> steps) {
        return new TrainingListener() {
            @Override
            public void onStep(TrainingStep step) {
                steps.add(step);
            }

            @Override
            public boolean cancelled() {
                return false;
            }
        };
    }

    @Test
    void onlyExactCollapseAtTheFortiethUpdateRestarts() {
        assertThat(collapsedAt(40, 1)).isTrue();
        assertThat(collapsedAt(39, 1)).isFalse();
        assertThat(collapsedAt(40, 1.0001)).isFalse();
    }

    private static boolean collapsedAt(long step, double perplexity) {
        RestartRule rule = new RestartRule(TrainingListener.none());
        rule.onStep(new TrainingStep("train", 1, 1, step, 100, Map.of("perplexity", perplexity)));
        return rule.collapsed() && rule.cancelled();
    }

    @Test
    void imagesThatCannotBeHalvedTwiceAreRefused() {
        VqVaeTraining training =
                new VqVaeTraining(SMALL, new VqVaeSettings(1, 1, 1e-3, 1), folder, Device.cpu());
        FloatTensor odd = images(2, 1, 10, 1);
        assertThatThrownBy(() -> training.run(odd, PixelScale.of(odd), TrainingListener.none()))
                .hasMessageContaining("(expected: [n,1,h,w], sides multiples of 4)");
    }
}
