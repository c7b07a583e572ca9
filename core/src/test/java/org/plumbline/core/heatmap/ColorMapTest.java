package org.plumbline.core.heatmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

class ColorMapTest {
    private static final int PARTS = 15; // of 17 table steps each

    @Test
    void zeroIsTheNeutralGrayOfColorBrewer() {
        assertThat(ColorMap.rgb(0)).isEqualTo(0xF7F7F7);
        assertThat(ColorMap.rgb(-0.0)).isEqualTo(0xF7F7F7);
    }

    @Test
    void theSidesAreRedAboveAndBlueBelow() {
        for (double v = 0.1; v <= 1; v += 0.1) {
            int above = ColorMap.rgb(v);
            int below = ColorMap.rgb(-v);
            assertThat(above >> 16 & 0xff).isGreaterThan(above & 0xff);
            assertThat(below >> 16 & 0xff).isLessThan(below & 0xff);
        }
    }

    @Test
    void theSecondColorBrewerClassLiesOnTheWay() {
        Lab wanted = Lab.ofRgb(0xF4A582);
        double nearest = 100;
        for (int i = 0; i <= 255; i++) {
            nearest = Math.min(nearest, Lab.ofRgb(ColorMap.rgb(i / 255.0)).distance(wanted));
        }
        assertThat(nearest).isLessThan(0.5); // half a step and rounding to eight bits
    }

    @Test
    void equalStepsOfValueAreEqualDifferencesOfColorOnBothSides() {
        double[] steps = new double[2 * PARTS];
        for (int i = 0; i < steps.length; i++) {
            int sign = i < PARTS ? -1 : 1;
            Lab from = Lab.ofRgb(ColorMap.rgb(sign * (i % PARTS) / (double) PARTS));
            Lab to = Lab.ofRgb(ColorMap.rgb(sign * (i % PARTS + 1) / (double) PARTS));
            assertThat(to.lightness()).isLessThan(from.lightness());
            steps[i] = from.distance(to);
        }
        double mean = Arrays.stream(steps).average().orElseThrow();
        for (double step : steps) {
            // where the way turns a corner the straight distance is shorter; eight bits round
            assertThat(step / mean).isCloseTo(1, within(0.15));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("deficiencies")
    void readersWithAColorVisionDeficiencyTellTheSidesApart(String name, List<Double> matrix) {
        for (double v = 0.2; v <= 1; v += 0.1) {
            Lab above = Lab.ofRgb(seen(ColorMap.rgb(v), matrix));
            Lab below = Lab.ofRgb(seen(ColorMap.rgb(-v), matrix));
            assertThat(above.distance(below)).as(name + " at " + v).isGreaterThan(15);
        }
    }

    @Test
    void valuesBeyondTheEndsKeepTheirColor() {
        assertThat(ColorMap.rgb(7)).isEqualTo(ColorMap.rgb(1));
        assertThat(ColorMap.rgb(-7)).isEqualTo(ColorMap.rgb(-1));
    }

    /** Source: Machado, Oliveira and Fernandes, IEEE TVCG 15(6), 2009, severity 1.0. */
    static Stream<Arguments> deficiencies() {
        return Stream.of(
                Arguments.of(
                        "protanopia",
                        List.of(
                                0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216,
                                -0.003882, -0.048116, 1.051998)),
                Arguments.of(
                        "deuteranopia",
                        List.of(
                                0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413,
                                -0.011820, 0.042940, 0.968881)),
                Arguments.of(
                        "tritanopia",
                        List.of(
                                1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602,
                                0.004733, 0.691367, 0.303900)));
    }

    private static int seen(int rgb, List<Double> matrix) {
        int out = 0;
        for (int row = 0; row < 3; row++) {
            double sum = 0;
            for (int k = 0; k < 3; k++) {
                double level = (rgb >> (16 - 8 * k) & 0xff) / 255.0;
                double linear =
                        level <= 0.04045 ? level / 12.92 : Math.pow((level + 0.055) / 1.055, 2.4);
                sum += matrix.get(3 * row + k) * linear;
            }
            double clipped = Math.max(0, Math.min(1, sum));
            double level =
                    clipped <= 0.0031308
                            ? 12.92 * clipped
                            : 1.055 * Math.pow(clipped, 1 / 2.4) - 0.055;
            out = out << 8 | (int) Math.round(255 * level);
        }
        return out;
    }
}
