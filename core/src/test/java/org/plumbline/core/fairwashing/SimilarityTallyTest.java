package org.plumbline.core.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.explain.HeatMaps;
import org.plumbline.core.fairwashing.MapSimilarity.Similarity;
import org.plumbline.core.fairwashing.SimilarityTally.Estimate;
import org.plumbline.core.fairwashing.SimilarityTally.Summary;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

class SimilarityTallyTest {
    private static final int SIDE = 12;

    private static FloatTensor target() {
        float[] values = new float[SIDE * SIDE];
        Arrays.fill(values, 30, 42, 1);
        return TargetMap.of(FloatTensor.of(values, SIDE, SIDE));
    }

    private static FloatTensor relevance(SplittableRandom random, int rows) {
        float[] values = new float[rows * 2 * SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return FloatTensor.of(values, rows, 2, SIDE, SIDE);
    }

    private static FloatTensor repeated(int rows) {
        return FloatTensor.stack(Collections.nCopies(rows, target()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyBatchWeighsTheSameWhateverItsSize(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SimilarityTally tally = new SimilarityTally(target());
        double mse = 0;
        double plane = 0;
        for (int rows : new int[] {16, 7}) {
            FloatTensor batch = relevance(random, rows);
            tally.add(batch);
            FloatTensor maps = HeatMaps.normalised(HeatMaps.absolute(batch));
            Similarity expected = MapSimilarity.batch(maps, repeated(rows));
            mse += expected.mse() / 2;
            plane += expected.ssim() / 2;
        }
        Summary summary = tally.summary();
        assertThat(summary.mse().mean()).isCloseTo(mse, within(1e-12));
        assertThat(summary.ssimBatchPlane().orElseThrow().mean()).isCloseTo(plane, within(1e-9));
        assertThat(summary.empty()).isZero();
    }

    @Test
    void theTargetItselfIsPerfectAndEqualSharesAreTheScale() {
        SimilarityTally perfect = new SimilarityTally(target());
        perfect.add(FloatTensor.of(target().values(), 1, 1, SIDE, SIDE));
        assertThat(perfect.summary().mse().mean()).isCloseTo(0, within(1e-15));
        assertThat(perfect.summary().pcc().mean()).isCloseTo(1, within(1e-9));
        assertThat(perfect.summary().ssim().mean()).isCloseTo(1, within(1e-6));
        assertThat(perfect.summary().ssimBatchPlane()).isEmpty();

        float[] equal = new float[SIDE * SIDE];
        Arrays.fill(equal, 5);
        SimilarityTally uniform = new SimilarityTally(target());
        uniform.add(FloatTensor.of(equal, 1, 1, SIDE, SIDE));
        double n = SIDE * SIDE;
        double expected = (1 / 12.0 - 1 / n) / n; // 12 pixels of 1/12 against 1/n everywhere
        assertThat(uniform.summary().mse().mean()).isCloseTo(expected, within(1e-9));
    }

    @Test
    void mapsWithoutSumAreCountedAndLeftOut() {
        float[] values = new float[2 * SIDE * SIDE];
        System.arraycopy(target().values(), 0, values, 0, SIDE * SIDE);
        SimilarityTally tally = new SimilarityTally(target());
        tally.add(FloatTensor.of(values, 2, 1, SIDE, SIDE));
        assertThat(tally.summary().empty()).isEqualTo(1);
        assertThat(tally.summary().mse().mean()).isCloseTo(0, within(1e-15));
    }

    @Test
    void errorIsTheDeviationOverTheRootOfTheNumber() {
        Estimate estimate = Estimate.of(List.of(1.0, 3.0, 5.0, 7.0));
        assertThat(estimate.mean()).isEqualTo(4);
        assertThat(estimate.error()).isCloseTo(Math.sqrt(5) / 2, within(1e-12));
    }
}
