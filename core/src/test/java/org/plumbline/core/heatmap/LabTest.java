package org.plumbline.core.heatmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabTest {
    /** Published values of the sRGB primaries under D65, two decimals. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "FF0000, 53.24, 80.09, 67.20",
        "00FF00, 87.73, -86.18, 83.18",
        "0000FF, 32.30, 79.19, -107.86",
        "FFFFFF, 100, 0, 0",
        "777777, 50.03, 0, 0",
        "000000, 0, 0, 0"
    })
    void colorsHaveThePublishedCoordinates(String rgb, double lightness, double a, double b) {
        Lab lab = Lab.ofRgb(Integer.parseInt(rgb, 16));
        assertThat(lab.lightness()).isCloseTo(lightness, within(0.01));
        assertThat(lab.a()).isCloseTo(a, within(0.02)); // white is not exactly (0, 0)
        assertThat(lab.b()).isCloseTo(b, within(0.02));
    }

    @Test
    void everyColorComesBack() {
        for (int rgb = 0; rgb <= 0xFFFFFF; rgb += 0x010307) {
            assertThat(Lab.ofRgb(rgb).rgb()).isEqualTo(rgb);
        }
    }
}
