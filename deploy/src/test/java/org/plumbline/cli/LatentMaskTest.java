package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;

class LatentMaskTest {
    @Test
    void fullMaskStaysFullAndEmptyMaskEmpty() {
        float[] pixels = new float[2 * 32 * 32];
        Arrays.fill(pixels, 0, 32 * 32, 1);
        FloatTensor latent = LatentMask.of(FloatTensor.of(pixels, 2, 32, 32), 4, 4);
        assertThat(latent.slice(0, 1).values()).containsOnly(1);
        assertThat(latent.slice(1, 2).values()).containsOnly(0);
    }

    @Test
    void cornerIsMarkedWhereItLies() {
        float[] pixels = new float[48 * 48];
        for (int y = 28; y < 48; y++) {
            Arrays.fill(pixels, y * 48 + 28, y * 48 + 48, 1);
        }
        float[] latent = LatentMask.of(FloatTensor.of(pixels, 1, 48, 48), 6, 6).values();
        assertThat(latent[35]).isEqualTo(1);
        assertThat(latent[0]).isZero();
        assertThat(latent[5]).isZero();
    }

    @Test
    void maskOfTheLayersSizeIsTakenAsItIs() {
        FloatTensor mask = FloatTensor.of(new float[] {0, 1, 1, 0}, 1, 2, 2);
        assertThat(LatentMask.of(mask, 2, 2)).isSameAs(mask);
    }

    @Test
    void maskTooSmallToBlurIsRefused() {
        FloatTensor mask = FloatTensor.zeros(1, 8, 8);
        assertThatThrownBy(() -> LatentMask.of(mask, 2, 2))
                .isInstanceOf(AuditException.class)
                .hasMessageStartingWith("mask: ")
                .hasMessageContaining("expected: more than 20 pixels");
    }
}
