package org.plumbline.core.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;

class HeatMapsTest {
    private static final FloatTensor TWO_CHANNELS =
            FloatTensor.of(new float[] {1, -2, 3, 4, -1, 2, 1, -1}, 1, 2, 2, 2);

    @Test
    void channelsAreSummedWithAndWithoutTheirSign() {
        assertThat(HeatMaps.signed(TWO_CHANNELS).values()).containsExactly(0, 0, 4, 3);
        assertThat(HeatMaps.absolute(TWO_CHANNELS).values()).containsExactly(2, 4, 4, 5);
        assertThat(HeatMaps.absolute(TWO_CHANNELS).shape()).containsExactly(1, 2, 2);
    }

    @Test
    void normalisedMapsSumToOneAndEmptyOnesStayEmpty() {
        FloatTensor maps = FloatTensor.of(new float[] {1, 3, 0, 0, Float.NaN, 1}, 3, 1, 2);
        float[] normal = HeatMaps.normalised(maps).values();
        assertThat(normal).containsExactly(new float[] {0.25f, 0.75f, 0, 0, 0, 0}, within(1e-7f));
        assertThat(HeatMaps.empty(maps)).isEqualTo(2);
    }

    @Test
    void otherAxesAreRefused() {
        assertThatThrownBy(() -> HeatMaps.signed(FloatTensor.zeros(2, 2, 2)))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("[n, c, h, w]");
    }

    @Test
    void theShareOfAUniformMapIsTheAreaOfTheMask() {
        FloatTensor mask = FloatTensor.zeros(1, 40, 40);
        for (int p = 0; p < 800; p++) {
            mask.values()[p] = 5;
        }
        FloatTensor enlarged = ArtifactRelevance.enlarged(mask);
        double area = 0;
        for (float value : enlarged.values()) {
            area += value / 1600;
        }
        FloatTensor uniform = FloatTensor.zeros(1, 40, 40);
        Arrays.fill(uniform.values(), -3);
        assertThat(area).isBetween(0.5, 0.75);
        assertThat(ArtifactRelevance.shares(uniform, enlarged)[0]).isCloseTo(area, within(1e-6));
    }

    @Test
    void anEmptyMaskHoldsNothing() {
        FloatTensor enlarged = ArtifactRelevance.enlarged(FloatTensor.zeros(1, 5, 5));
        FloatTensor map = FloatTensor.of(new float[25], 1, 5, 5);
        assertThat(enlarged.values()).containsOnly(0);
        assertThat(ArtifactRelevance.shares(map, enlarged)).containsExactly(0);
    }
}
