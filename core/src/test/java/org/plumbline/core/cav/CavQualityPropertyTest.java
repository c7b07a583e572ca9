package org.plumbline.core.cav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

class CavQualityPropertyTest {
    private static final int CHANNELS = 64;

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    /** Unit Gaussian channels; the first is shifted where the concept is. */
    private static LabelledActivations examples(long seed, int ofEach, double shift) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[2 * ofEach * CHANNELS];
        long[] concept = new long[2 * ofEach];
        for (int i = 0; i < concept.length; i++) {
            concept[i] = i % 2;
            for (int j = 0; j < CHANNELS; j++) {
                values[i * CHANNELS + j] =
                        (float) (random.nextGaussian() + (j == 0 ? shift * concept[i] : 0));
            }
        }
        return LabelledActivations.of(FloatTensor.of(values, concept.length, CHANNELS), concept);
    }

    private static CavQuality quality(CavKind kind, LabelledActivations data) {
        return CavQuality.of(data, kind.fit(data), QualityBounds.STANDARD);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aClearConceptIsNotPoor(long seed) {
        CavQuality quality = quality(CavKind.SIGNAL, examples(seed, 40, 4));
        assertThat(quality.poor()).isEmpty();
        // 40 seeds: the area of a shift of 4 along a CAV of cosine 0.9 is 0.99
        assertThat(quality.heldOutAuc()).isGreaterThan(0.9);
        assertThat(quality.stability().orElseThrow().mean()).isGreaterThan(0.8);
    }

    @Test
    void examplesWithoutAConceptArePoorAlthoughTheySeparateThemselves() {
        int poor = 0;
        for (long seed = 0; seed < 100; seed++) {
            CavQuality quality = quality(CavKind.SIGNAL, examples(seed, 40, 0));
            assertThat(quality.separation().auc()).isGreaterThan(0.8); // many channels
            poor += quality.poor().isPresent() ? 1 : 0;
        }
        // the area exceeds 0.7 by chance in 0.2 % of cases (3 deviations), besides stability
        assertThat(poor).isGreaterThanOrEqualTo(98);
    }

    @Test
    void kindsWithRegularisationAreJudgedTheSameWay() {
        assertThat(quality(CavKind.RIDGE, examples(1, 30, 4)).poor()).isEmpty();
        assertThat(quality(CavKind.SVM, examples(1, 30, 4)).poor()).isEmpty();
        assertThat(quality(CavKind.RIDGE, examples(1, 30, 0)).poor()).isPresent();
        assertThat(quality(CavKind.SVM, examples(1, 30, 0)).poor()).isPresent();
    }

    @Test
    void theVerdictSaysWhatIsTooLow() {
        CavQuality none = quality(CavKind.SIGNAL, examples(2, 40, 0));
        assertThat(none.poor().orElseThrow())
                .matches("held-out AUC: 0\\.\\d{3} \\(expected: >= 0\\.700\\)");

        LabelledActivations few = examples(3, 2, 40);
        CavQuality chance =
                CavQuality.of(few, CavKind.SIGNAL.fit(few), new QualityBounds(0, 3, 0, 0, 10, 0));
        assertThat(chance.poor().orElseThrow()).startsWith("held-out AUC beside chance: ");
        assertThat(chance.stability()).isEmpty();

        LabelledActivations clear = examples(3, 20, 3);
        CavQuality unstable =
                CavQuality.of(
                        clear, CavKind.SIGNAL.fit(clear), new QualityBounds(0, 0, 1, 5, 10, 0));
        assertThat(unstable.poor().orElseThrow()).startsWith("bootstrap stability: ");

        CavQuality single = quality(CavKind.SIGNAL, examples(4, 1, 3));
        assertThat(single.poor().orElseThrow())
                .isEqualTo("examples: 1 positives and 1 negatives (expected: at least 2 of each)");
        assertThat(single.heldOutAuc()).isNaN();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void sameSeedSameStability(long seed) {
        LabelledActivations data = examples(seed, 10, 2);
        CavFit fit = CavKind.SIGNAL.fit(data);
        Stability stability = Stability.of(data, fit, 8, seed);
        assertThat(Stability.of(data, fit, 8, seed)).isEqualTo(stability);
        assertThat(Stability.of(data, fit, 8, seed + 1)).isNotEqualTo(stability);
        assertThat(stability.mean()).isBetween(stability.lower(), stability.upper());
    }

    @Test
    void withoutAConceptResamplesAgreeByHalf() {
        // 64 channels, 100 of each: the stated 0.5, half a standard deviation of 100 draws to spare
        double sum = 0;
        for (long seed = 0; seed < 50; seed++) {
            LabelledActivations data = examples(seed, 100, 0);
            sum += Stability.of(data, CavKind.SIGNAL.fit(data), 10, seed).mean();
        }
        assertThat(sum / 50).isCloseTo(0.5, within(0.03));
    }

    @Test
    void resamplesWithoutADirectionAgreeWithNothing() {
        LabelledActivations data = examples(5, 10, 4);
        CavFit strict =
                new CavFit(
                        CavKind.LASSO,
                        CavKind.LASSO.fit(data).direction(),
                        1,
                        java.util.Optional.of(new HyperParameter("alpha", 100)));
        assertThat(Stability.of(data, strict, 3, 0).mean()).isZero();
        assertThat(CavQuality.of(data, strict, QualityBounds.STANDARD).heldOutAuc()).isEqualTo(0.5);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theSeparationEqualsItsDefinition(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int n = random.nextInt(2, 12);
        double[] with = random.doubles(n, 0, 9).map(Math::rint).toArray(); // ties
        double[] without = random.doubles(n, -3, 6).map(Math::rint).toArray();
        GroupSeparation separation = GroupSeparation.of(with, without);

        double won = 0;
        for (double a : with) {
            for (double b : without) {
                won += a > b ? 1 : a == b ? 0.5 : 0;
            }
        }
        assertThat(separation.auc()).isCloseTo(won / (n * n), within(1e-12));
        // equally many of both: the optimal transport pairs them in order
        double mean = Arrays.stream(with).average().orElseThrow();
        double[] u = Arrays.stream(with).sorted().toArray();
        double[] v = Arrays.stream(without).sorted().toArray();
        double moved = 0;
        for (int i = 0; i < n; i++) {
            moved += Math.abs(u[i] - v[i]) / mean / n;
        }
        assertThat(separation.wasserstein()).isCloseTo(moved, within(1e-9));
        assertThat(separation.accuracy()).isBetween(0.0, 1.0);
    }

    @Test
    void groupsThatAreApartScoreOneButNotInThePublishedForm() {
        double[] with = {5, 6, 7, 8};
        double[] without = {1, 2, 3, 4};
        GroupSeparation separation = GroupSeparation.of(with, without);
        assertThat(separation.auc()).isEqualTo(1);
        assertThat(separation.accuracy()).isEqualTo(1);
        assertThat(GroupSeparation.legacyAuc(with, without)).isCloseTo(0.75, within(1e-12));
        // means 6.5 and 2.5, both variances 1.25
        assertThat(separation.separability()).isCloseTo(4 / Math.sqrt(2.5), within(1e-12));
        assertThat(separation.separabilityByDeviations())
                .isCloseTo(4 / Math.sqrt(1.25), within(1e-12));
    }

    @Test
    void alignmentIsTheCosineWithWhatTheArtifactChanges() {
        FloatTensor clean = FloatTensor.of(new float[] {0, 0, 1, 1}, 2, 2);
        FloatTensor attacked = FloatTensor.of(new float[] {2, 0, 1, 4}, 2, 2);
        PairAlignment along = PairAlignment.of(attacked, clean, DenseVector.copyOf(1f, 0f));
        assertThat(along.alignment()).isCloseTo(0.5, within(1e-6)); // cosines 1 and 0
        assertThat(along.standardError()).isCloseTo(0.5 / Math.sqrt(2), within(1e-6));
        assertThat(along.legacyStandardError()).isCloseTo(0.25, within(1e-6));
        assertThat(along.alignmentOfMean()).isCloseTo(1 / Math.sqrt(3.25), within(1e-6));
        FloatTensor three = FloatTensor.zeros(3, 2);
        DenseVector cav = DenseVector.copyOf(1f, 0f);
        assertThatThrownBy(() -> PairAlignment.of(attacked, three, cav))
                .hasMessageContaining("the shape of the attacked");
        DenseVector wide = DenseVector.copyOf(1f, 0f, 0f);
        assertThatThrownBy(() -> PairAlignment.of(attacked, clean, wide))
                .hasMessageContaining("[n, 3]");
    }

    @Test
    void boundsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new QualityBounds(1.1, 0, 0, 0, 10, 0))
                .hasMessage("held-out-auc: 1.1 (expected: 0 to 1)");
        assertThatThrownBy(() -> new QualityBounds(0, 0, 0, 1, 10, 0))
                .hasMessage("resamples: 1 (expected: 0, or 2 to 10000)");
        assertThat(QualityBounds.STANDARD.with(0, 7).seed()).isEqualTo(7);
    }

    @Test
    void manyExamplesAreThinnedForTheVerdictOnly() {
        LabelledActivations many = examples(6, 700, 1.5);
        CavFit fit = CavKind.SIGNAL.fit(many);
        CavQuality quality = CavQuality.of(many, fit, QualityBounds.STANDARD);
        assertThat(quality.separation()).isEqualTo(GroupSeparation.of(many, fit.direction()));
        assertThat(quality.poor()).isEmpty();
        assertThat(CavQuality.of(many, fit, QualityBounds.STANDARD)).isEqualTo(quality);
    }
}
