package org.plumbline.core.shrink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.plumbline.core.tensor.FloatTensor;

class LogitComparisonTest {
    private static LogitComparison compared(float[] before, float[] after) {
        return LogitComparison.of(
                FloatTensor.of(before, 1, before.length), FloatTensor.of(after, 1, after.length));
    }

    @Test
    void theToleranceGrowsWithTheLogit() {
        assertThat(compared(new float[] {0, 99}, new float[] {9e-6f, 99.0009f}).isEqual()).isTrue();
        assertThat(compared(new float[] {0, 99}, new float[] {0, 99.0012f}).isEqual()).isFalse();
        assertThat(compared(new float[] {0, 99}, new float[] {1.2e-5f, 99}).isEqual()).isFalse();
    }

    @Test
    void theClassMayChangeOnlyBetweenEqualLogits() {
        LogitComparison close = compared(new float[] {1, 1.000001f}, new float[] {1.000002f, 1});
        assertThat(close.isEqual()).isTrue();
        assertThat(close.largest()).isGreaterThan(0).isLessThan(1e-5);
    }

    @Test
    void valuesThatAreNotFiniteAreNeverEqual() {
        float[] nan = {Float.NaN, 0};
        assertThat(compared(nan, nan).isEqual()).isFalse();
        assertThat(compared(new float[] {0, 0}, nan).problem())
                .hasValueSatisfying(p -> assertThat(p).startsWith("logit of sample 0"));
    }

    @Test
    void otherShapesAreNotEqual() {
        assertThat(compared(new float[2], new float[3]).isEqual()).isFalse();
    }
}
