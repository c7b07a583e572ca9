package org.plumbline.core.cav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

class FoldPreconditionerTest {
    private static LabelledActivations data(SplittableRandom random, int rows, int channels) {
        float[] values = new float[rows * channels];
        long[] concept = new long[rows];
        for (int i = 0; i < rows; i++) {
            concept[i] = i % 3 == 0 ? 1 : 0;
            for (int j = 0; j < channels; j++) {
                values[i * channels + j] =
                        (float) (random.nextGaussian() + (j == 0 ? 2 * concept[i] - 1 : 0));
            }
        }
        return LabelledActivations.of(FloatTensor.of(values, rows, channels), concept);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3})
    void solvesTheHessianItSawLast(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        LabelledActivations data = data(random, 40, 7);
        Design design = Design.plain(data);
        int[] rows = IntStream.range(5, 40).toArray();
        FoldPreconditioner preconditioner = new FoldPreconditioner(design, rows);
        double[] curvatures = random.doubles(rows.length, 0, 2).toArray();
        for (double c : new double[] {0.1, 10, 10, 1000}) {
            for (int i = 0; i < rows.length; i += 1 + random.nextInt(6)) {
                curvatures[i] = random.nextBoolean() ? 0 : random.nextDouble(2);
            }
            preconditioner.refresh(curvatures, c);
            double[] right = random.doubles(7, -1, 1).toArray();
            double[] solution = preconditioner.apply(right);
            double[] back = hessian(data, rows, curvatures, c, solution);
            for (int j = 0; j < right.length; j++) {
                assertThat(back[j]).isCloseTo(right[j], within(1e-8));
            }
        }
    }

    /** {@code v + C sum s k x (x.v)}, row by row. */
    private static double[] hessian(
            LabelledActivations data, int[] rows, double[] curvatures, double c, double[] v) {
        double[] out = v.clone();
        for (int i = 0; i < rows.length; i++) {
            double along = 0;
            for (int j = 0; j < v.length; j++) {
                along += data.values()[rows[i] * v.length + j] * v[j];
            }
            double factor = c * data.weight(data.positive(rows[i])) * curvatures[i] * along;
            for (int j = 0; j < v.length; j++) {
                out[j] += factor * data.values()[rows[i] * v.length + j];
            }
        }
        return out;
    }

    @ParameterizedTest(name = "{0}, {1} rows, {2} channels") // apart, nearly apart, mixed
    @CsvSource({"svm, 90, 80", "svm, 200, 80", "svm, 600, 80", "logistic, 200, 80"})
    void thePathMeetsLiblinearWhereConjugateGradientsAreSlow(String kind, int rows, int channels) {
        LabelledActivations data = data(new SplittableRandom(7), rows, channels);
        Regularised problem = CavKind.parse(kind).problem(data, new int[rows], 1);
        double[] values = {1e-3, 1e-1, 1e1, 1e3, 1e4};
        double[][] path = problem.without(-1, values);
        for (int v = 0; v < values.length; v++) {
            double[] expected = problem.all(values[v]);
            double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
            for (int j = 0; j < channels; j++) {
                assertThat(path[v][j])
                        .as("C = %s", values[v])
                        .isCloseTo(expected[j], within(1e-3 * largest));
            }
        }
    }
}
