package org.plumbline.core.heatmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.awt.image.BufferedImage;

class LetteringTest {
    @Test
    void widthsAreTheAdvancesOfTheFont() {
        // DejaVu Sans: 0 is 1303 of 2048 wide, i is 569
        assertThat(Lettering.width("0i", 2048)).isCloseTo(1303 + 569, within(1e-9));
        assertThat(Lettering.width("", 10)).isZero();
    }

    @Test
    void lettersThatAreNotThereAreQuestionMarks() {
        assertThat(Lettering.width("\u4e2d\n", 10)).isEqualTo(Lettering.width("??", 10));
    }

    @Test
    void linesThatAreTooLongEndInAnEllipsis() {
        assertThat(Lettering.fit("short", 10, 100)).isEqualTo("short");
        String cut = Lettering.fit("a line that is far too long", 10, 60);
        assertThat(cut).startsWith("a line").endsWith("\u2026");
        assertThat(Lettering.width(cut, 10)).isLessThanOrEqualTo(60);
        assertThat(Lettering.fit("W".repeat(100_000), 10, 500).length()).isLessThan(100);
        assertThat(Lettering.fit("abc", 10, 0)).isEqualTo("\u2026");
    }

    @Test
    void aStrokeIsDrawnWhereItBelongs() {
        try (Canvas canvas = new Canvas(40, 40)) {
            canvas.text("l", 10, 30, 20, Canvas.INK); // one vertical stem, 1556 of 2048 high
            BufferedImage page = canvas.page();
            // stem from 193 to 377 of 2048: pixels 11.9 to 13.7
            assertThat(page.getRGB(12, 25) & 0xff).isLessThan(0x60);
            assertThat(page.getRGB(12, 17) & 0xff).isLessThan(0x60);
            assertThat(page.getRGB(12, 12) & 0xff).isEqualTo(0xff);
            assertThat(page.getRGB(12, 31) & 0xff).isEqualTo(0xff);
            assertThat(page.getRGB(16, 25) & 0xff).isEqualTo(0xff);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "0, 0",
        "-0.0, 0",
        "1, 1",
        "-0.5, \u22120.5",
        "0.0123456, 0.0123",
        "12345, 12300",
        "123456, 1.23e5",
        "0.00012, 1.2e\u22124",
        "-9.996e-7, \u22121e\u22126",
        "NaN, NaN"
    })
    void numbersHaveThreeDigits(double value, String text) {
        assertThat(Numbers.text(value)).isEqualTo(text);
    }
}
