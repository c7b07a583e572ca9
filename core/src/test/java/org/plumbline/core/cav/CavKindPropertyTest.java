package org.plumbline.core.cav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Every kind against its formula in plain arrays: the optimum is where its conditions hold. */
class CavKindPropertyTest {
    private static final int MOST_ROWS = 60;
    // LIBLINEAR stops at 1e-12 of the objective, whose gradient is then about its root, 1e-6
    private static final double MARGIN = 1e-6;

    static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    /** Activations with a concept of random strength; about every other seed has d above n. */
    private static final class Drawn {
        private final double[][] a;
        private final double[] t;
        private final double[] s;
        private final LabelledActivations data;

        private Drawn(double[][] a, double[] t, double[] s, LabelledActivations data) {
            this.a = a;
            this.t = t;
            this.s = s;
            this.data = data;
        }

        static Drawn of(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            int n = random.nextInt(20, MOST_ROWS);
            int d = seed % 2 == 0 ? random.nextInt(2, 12) : random.nextInt(n + 1, 2 * MOST_ROWS);
            long[] concept = new long[n];
            float[] values = new float[n * d];
            for (int i = 0; i < n; i++) {
                concept[i] = i < 10 ? i % 2 : random.nextInt(3) / 2;
                for (int j = 0; j < d; j++) {
                    double shift = j < 2 ? 0.9 * (2 * concept[i] - 1) : 0;
                    values[i * d + j] = (float) (random.nextDouble(-1, 1.5) + shift);
                }
            }
            return of(values, concept, d);
        }

        private static Drawn of(float[] values, long[] concept, int d) {
            int n = concept.length;
            double positives = LongStream.of(concept).sum();
            double[][] a = new double[n][d];
            double[] t = new double[n];
            double[] s = new double[n];
            for (int i = 0; i < n; i++) {
                t[i] = concept[i] == 1 ? 1 : -1;
                double inverse = 1 / (concept[i] == 1 ? positives : n - positives);
                s[i] = inverse / Math.max(1 / positives, 1 / (n - positives));
                for (int j = 0; j < d; j++) {
                    a[i][j] = values[i * d + j];
                }
            }
            return new Drawn(
                    a, t, s, LabelledActivations.of(FloatTensor.of(values, n, d), concept));
        }

        double[] fit(CavKind kind, double value) {
            return kind.problem(data, new int[t.length], 1).all(value);
        }

        double at(int i, double[] w) {
            double sum = 0;
            for (int j = 0; j < w.length; j++) {
                sum += a[i][j] * w[j];
            }
            return sum;
        }
    }

    private static double value(long seed) {
        return Math.pow(10, new SplittableRandom(seed + 1000).nextInt(-4, 4));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void ridgeSolvesTheNormalEquations(long seed) {
        Drawn drawn = Drawn.of(seed);
        double alpha = Math.max(1e-2, value(seed)); // below, the oracle itself loses its digits
        int d = drawn.a[0].length;
        double[][] system = new double[d][d + 1];
        for (int j = 0; j < d; j++) {
            for (int i = 0; i < drawn.t.length; i++) {
                for (int k = 0; k < d; k++) {
                    system[j][k] += drawn.s[i] * drawn.a[i][j] * drawn.a[i][k];
                }
                system[j][d] += drawn.s[i] * drawn.a[i][j] * drawn.t[i];
            }
            system[j][j] += alpha;
        }
        double[] expected = eliminate(system);
        assertThat(drawn.fit(CavKind.RIDGE, alpha)).containsExactly(expected, within(1e-8));
    }

    private static double[] eliminate(double[][] system) {
        int d = system.length;
        for (int p = 0; p < d; p++) {
            int pivot = p;
            for (int r = p; r < d; r++) {
                pivot = Math.abs(system[r][p]) > Math.abs(system[pivot][p]) ? r : pivot;
            }
            double[] row = system[pivot];
            system[pivot] = system[p];
            system[p] = row;
            for (int r = 0; r < d; r++) {
                double factor = system[r][p] / row[p];
                for (int k = p; r != p && k <= d; k++) {
                    system[r][k] -= factor * row[k];
                }
            }
        }
        return IntStream.range(0, d).mapToDouble(r -> system[r][d] / system[r][r]).toArray();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theGradientOfTheSquaredHingeVanishes(long seed) {
        Drawn drawn = Drawn.of(seed);
        double c = value(seed);
        double[] w = drawn.fit(CavKind.SVM, c);
        double[] gradient = w.clone();
        for (int i = 0; i < drawn.t.length; i++) {
            double slack = Math.max(0, 1 - drawn.t[i] * drawn.at(i, w));
            for (int j = 0; j < w.length; j++) {
                gradient[j] -= 2 * c * drawn.s[i] * slack * drawn.t[i] * drawn.a[i][j];
            }
        }
        assertThat(largest(gradient)).isLessThan(MARGIN * scale(drawn, 2 * c));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theGradientOfTheLogisticLossVanishes(long seed) {
        Drawn drawn = Drawn.of(seed);
        double c = value(seed);
        double[] w = drawn.fit(CavKind.LOGISTIC, c);
        double[] gradient = w.clone();
        for (int i = 0; i < drawn.t.length; i++) {
            double share = 1 / (1 + Math.exp(drawn.t[i] * drawn.at(i, w)));
            for (int j = 0; j < w.length; j++) {
                gradient[j] -= c * drawn.s[i] * share * drawn.t[i] * drawn.a[i][j];
            }
        }
        assertThat(largest(gradient)).isLessThan(MARGIN * scale(drawn, c));
    }

    /** Returns the size of the gradient at zero, which the solvers' tolerances refer to. */
    private static double scale(Drawn drawn, double c) {
        double sum = 0;
        for (int i = 0; i < drawn.t.length; i++) {
            sum += c * drawn.s[i] * largest(drawn.a[i]);
        }
        return sum;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void lassoMeetsTheConditionsOfOptimality(long seed) {
        Drawn drawn = Drawn.of(seed);
        double alpha = Math.pow(10, new SplittableRandom(seed + 1000).nextInt(-5, 0));
        double[] w = drawn.fit(CavKind.LASSO, alpha);
        int n = drawn.t.length;
        double weights = Arrays.stream(drawn.s).sum();
        for (int j = 0; j < w.length; j++) {
            double slope = 0;
            for (int i = 0; i < n; i++) {
                double weight = drawn.s[i] * n / weights;
                slope -= weight * (drawn.t[i] - drawn.at(i, w)) * drawn.a[i][j] / n;
            }
            if (w[j] == 0) {
                assertThat(Math.abs(slope)).isLessThanOrEqualTo(alpha + 1e-8);
            } else {
                assertThat(slope).isCloseTo(-Math.copySign(alpha, w[j]), within(1e-8));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theGridSearchMeetsLiblinearAtEveryValue(long seed) {
        Drawn drawn = Drawn.of(seed);
        double[] values = {1e-5, 1e-2, 1, 1e2, 1e4};
        for (CavKind kind : new CavKind[] {CavKind.SVM, CavKind.LOGISTIC}) {
            Regularised problem = kind.problem(drawn.data, new int[drawn.t.length], 1);
            double[][] path = problem.without(-1, values);
            for (int v = 0; v < values.length; v++) {
                double[] expected = problem.all(values[v]);
                double[] actual = problem.design().channels(path[v]);
                for (int j = 0; j < expected.length; j++) {
                    // the path stops at 1e-8 of the gradient: for a steep C at about 1e-4 of h
                    assertThat(actual[j])
                            .as("%s at %s", kind, values[v])
                            .isCloseTo(expected[j], within(1e-3 * largest(expected)));
                }
            }
        }
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElseThrow();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyKindPointsTowardsTheConcept(long seed) {
        Drawn drawn = Drawn.of(seed);
        for (CavKind kind : CavKind.values()) {
            CavFit fit = kind.fit(drawn.data);
            MeanLengths lengths = drawn.data.meanLengths(fit.direction());
            assertThat(lengths.artifact()).as("%s", kind).isGreaterThan(lengths.clean());
            assertThat(fit.direction().norm()).isCloseTo(1, within(1e-5));
            assertThat(fit.parameter().map(HyperParameter::name)).isEqualTo(kind.hyperParameter());
        }
        assertThat(CavKind.MEAN_DIFFERENCE.direction(drawn.data))
                .isEqualTo(CavKind.SIGNAL.direction(drawn.data));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theChosenValueIsTheFirstOfTheBestScores(long seed) {
        for (CavKind kind : new CavKind[] {CavKind.SVM, CavKind.RIDGE}) {
            HyperParameter chosen = kind.fit(Drawn.of(seed).data).parameter().orElseThrow();
            double best = chosen.scores().stream().mapToDouble(s -> s).max().orElseThrow();
            assertThat(chosen.value())
                    .isEqualTo(GridSearch.VALUES.get(chosen.scores().indexOf(best)));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void foldsShareOutRowsAndGroupsEvenly(long seed) {
        LabelledActivations data = Drawn.of(seed).data;
        int[] fold = GridSearch.folds(CavKind.SVM, data);
        int[] blocks = GridSearch.folds(CavKind.LASSO, data);
        assertThat(blocks).isSorted();
        for (int f = 0; f < 5; f++) {
            int number = f;
            long rows = Arrays.stream(fold).filter(g -> g == number).count();
            long with =
                    IntStream.range(0, fold.length)
                            .filter(i -> fold[i] == number && data.positive(i))
                            .count();
            assertThat(rows).isBetween(data.rows() / 5L, data.rows() / 5L + 1);
            assertThat(with).isBetween(data.positives() / 5L, data.positives() / 5L + 1);
            assertThat(Arrays.stream(blocks).filter(g -> g == number).count())
                    .isBetween(data.rows() / 5L, data.rows() / 5L + 1);
        }
    }

    @Test
    void mergedGroupsAreMixedInEveryBlock() {
        FloatTensor positives = FloatTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 6, 1);
        FloatTensor negatives = FloatTensor.of(new float[12], 12, 1);
        LabelledActivations data = LabelledActivations.ofGroups(positives, negatives);
        assertThat(data.positives()).isEqualTo(6);
        for (int from = 0; from < 18; from += 3) {
            assertThat(IntStream.range(from, from + 3).filter(data::positive).count()).isEqualTo(1);
        }
        FloatTensor wide = FloatTensor.zeros(2, 2);
        assertThatThrownBy(() -> LabelledActivations.ofGroups(positives, wide))
                .hasMessage("negatives: FloatTensor[2, 2] (expected: 1 channels as the positives)");
        FloatTensor none = FloatTensor.zeros(0, 1);
        assertThatThrownBy(() -> LabelledActivations.ofGroups(positives, none))
                .hasMessageContaining("6 positives of 6");
    }

    @Test
    void hugeActivationsAreFittedAllTheSame() {
        Drawn drawn = Drawn.of(3); // d above n: the Gram matrix is singular but for alpha
        float[] huge = drawn.data.values().clone();
        for (int i = 0; i < huge.length; i++) {
            huge[i] *= 1e12f;
        }
        long[] labels =
                IntStream.range(0, drawn.t.length).mapToLong(i -> drawn.t[i] > 0 ? 1 : 0).toArray();
        LabelledActivations data =
                LabelledActivations.of(
                        FloatTensor.of(huge, labels.length, drawn.a[0].length), labels);
        CavFit fit = CavKind.RIDGE.fit(data, 1e-5);
        assertThat(data.meanLengths(fit.direction()).artifact()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(CavKind.class)
    void whatCannotBeFittedIsRefusedInOneLine(CavKind kind) {
        long[] labels = IntStream.range(0, 12).mapToLong(i -> i % 2).toArray();
        float[] values = new float[24];
        Arrays.fill(values, 2f);
        LabelledActivations constant =
                LabelledActivations.of(FloatTensor.of(values.clone(), 12, 2), labels);
        assertThatThrownBy(() -> kind.fit(constant))
                .hasMessage("activations: constant (expected: values that differ between samples)");

        values[5] = Float.POSITIVE_INFINITY;
        LabelledActivations infinite =
                LabelledActivations.of(FloatTensor.of(values.clone(), 12, 2), labels);
        assertThatThrownBy(() -> kind.fit(infinite))
                .hasMessage("activations[2, 1]: Infinity (expected: finite values)");

        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.floor(i / 4.0); // rows 2k and 2k + 1 are the same
        }
        LabelledActivations same =
                LabelledActivations.of(FloatTensor.of(values.clone(), 12, 2), labels);
        assertThatThrownBy(() -> kind.fit(same))
                .hasMessage(
                        "positives: equal to the negatives (expected: different examples on both"
                                + " sides)");
        if (kind.hyperParameter().isPresent()) {
            LabelledActivations few =
                    LabelledActivations.of(
                            FloatTensor.of(new float[] {1, 2, 3}, 3, 1), new long[] {0, 1, 1});
            assertThatThrownBy(() -> kind.fit(few))
                    .hasMessage(
                            "concept: 2 positives and 1 negatives (expected: at least 5 of each"
                                    + " for cav "
                                    + kind.label()
                                    + ")");
            assertThatThrownBy(() -> kind.fit(few, 0)).hasMessageContaining("0.0 (expected: > 0)");
        }
        assertThat(CavKind.parse(kind.label())).isEqualTo(kind);
    }

    @Test
    void whatHasTheWrongFormIsRefused() {
        FloatTensor raw = FloatTensor.zeros(2, 1, 2, 2);
        assertThatThrownBy(() -> LabelledActivations.of(raw, new long[] {0, 1}))
                .hasMessageContaining("(expected: pooled, two axes [n, d])");
        FloatTensor empty = FloatTensor.zeros(2, 0);
        assertThatThrownBy(() -> LabelledActivations.of(empty, new long[] {0, 1}))
                .hasMessageContaining("pooled");
        assertThatThrownBy(() -> CavKind.parse("pca"))
                .hasMessage(
                        "cav: pca (expected: signal, svm, ridge, lasso, logistic,"
                                + " mean-difference)");
        LabelledActivations opposed = // equal means, yet different examples
                LabelledActivations.of(
                        FloatTensor.of(new float[] {1, 3, 2, 2}, 4, 1), new long[] {0, 0, 1, 1});
        assertThatThrownBy(() -> CavKind.SIGNAL.fit(opposed)).hasMessageContaining("equal means");
        LabelledActivations weak = Drawn.of(0).data;
        assertThatThrownBy(() -> CavKind.LASSO.fit(weak, 1e4))
                .hasMessageStartingWith("lasso cav: zero vector");
    }
}
