package org.plumbline.core.heatmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.plumbline.core.tensor.FloatTensor;

import java.util.SplittableRandom;

class HeatScaleTest {
    @Test
    void theLargestMagnitudeIsAtTheEndOfItsSide() {
        HeatScale scale = HeatScale.of(maps(-4, 1, 2, 0), ScaleRule.MAXIMUM);
        assertThat(scale).isEqualTo(new HeatScale(4, true, false));
        assertThat(scale.position(-4)).isEqualTo(-1);
        assertThat(scale.position(2)).isEqualTo(0.5);
        assertThat(scale.position(0)).isZero();
        assertThat(scale.position(9)).isEqualTo(1);
    }

    @Test
    void negatingAMapMirrorsEveryPlace() {
        SplittableRandom random = new SplittableRandom(11);
        float[] values = new float[100];
        float[] negated = new float[100];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-3, 3);
            negated[i] = -values[i];
        }
        for (ScaleRule rule : ScaleRule.values()) {
            HeatScale one = HeatScale.of(maps(values), rule);
            HeatScale other = HeatScale.of(maps(negated), rule);
            for (float value : values) {
                assertThat(one.position(value)).isEqualTo(-other.position(-value));
            }
        }
    }

    @Test
    void theRobustLimitCoversAllButTheOutliers() {
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        values[999] = 1e9f;
        HeatScale scale = HeatScale.of(maps(values), ScaleRule.ROBUST);
        assertThat(scale).isEqualTo(new HeatScale(995, false, true));
    }

    @Test
    void fewValuesAmongZerosAreNotHiddenByTheRobustLimit() {
        float[] values = new float[1000];
        values[3] = 5;
        assertThat(HeatScale.of(maps(values), ScaleRule.ROBUST).limit()).isEqualTo(5);
    }

    @Test
    void valuesThatAreNotFiniteDoNotCount() {
        HeatScale scale =
                HeatScale.of(
                        maps(Float.NaN, -2, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY),
                        ScaleRule.MAXIMUM);
        assertThat(scale).isEqualTo(new HeatScale(2, true, false));
        assertThat(scale.position(Float.NaN)).isNaN();
        assertThat(scale.position(Float.POSITIVE_INFINITY)).isNaN();
    }

    @Test
    void mapsWithoutMagnitudeAreNeutral() {
        assertThat(HeatScale.of(maps(0, 0), ScaleRule.ROBUST).position(0)).isZero();
        assertThat(HeatScale.of(maps(Float.NaN), ScaleRule.MAXIMUM).limit()).isZero();
    }

    @Test
    void aLimitIsFiniteAndNotNegative() {
        for (double limit : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new HeatScale(limit, true, false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("limit: ");
        }
    }

    private static FloatTensor maps(float... values) {
        return FloatTensor.of(values, 1, 1, values.length);
    }
}
