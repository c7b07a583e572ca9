package org.plumbline.core.heatmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.tensor.FloatTensor;

import java.awt.image.BufferedImage;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Figures and contact sheets. */
class SheetTest {
    private static final int CELL = ContactSheet.SIDE / 28;
    private static final Legend LEGEND = new Legend("gradient \u00b7 model.pt", "logits");
    private static final Caption CAPTION = new Caption("Trouser \u00b7 p = 0.9", "logit 3");

    @Test
    void everyExplanationHasItsPlaceOnSomePage() {
        ContactSheet sheet = sheet(batch(60, 28, 28), Style.standard());
        assertThat(sheet.pages()).isEqualTo((60 + sheet.perPage() - 1) / sheet.perPage());
        assertThat(sheet.pages()).isGreaterThan(1);
        int drawn = 0;
        for (int page = 0; page < sheet.pages(); page++) {
            drawn += framed(sheet.page(page));
        }
        assertThat(drawn).isEqualTo(3 * 60);
    }

    @ParameterizedTest(name = "{0} of {1} x {2}")
    @CsvSource({"1,1,1", "3,1,400", "3,400,1", "50,56,56", "2,600,500"})
    void pagesStayWithinTheirBounds(int n, int height, int width) {
        HeatMapBatch batch = batch(n, height, width);
        for (boolean shared : new boolean[] {true, false}) {
            Style style =
                    new Style(ScaleRule.ROBUST, shared, Enlargement.BILINEAR, PixelRange.stretch());
            BufferedImage page = sheet(batch, style).page(0);
            assertThat(page.getWidth()).isBetween(300, 1600);
            assertThat(page.getHeight()).isBetween(100, 2000);
            BufferedImage figure =
                    Figure.draw(HeatPanels.of(batch, style, Figure.SIDE).get(0), CAPTION, LEGEND);
            assertThat(figure.getWidth()).isBetween(Figure.SIDE, 4 * Figure.SIDE);
            assertThat(figure.getHeight()).isLessThan(2 * Figure.SIDE);
        }
    }

    @Test
    void aSmallBatchMakesASmallPage() {
        BufferedImage one = sheet(batch(1, 28, 28), Style.standard()).page(0);
        BufferedImage ten = sheet(batch(10, 28, 28), Style.standard()).page(0);
        assertThat(one.getHeight()).isLessThan(ten.getHeight());
    }

    @Test
    void theScaleIsDrawnFromBlueOverNeutralToRed() {
        HeatMapBatch batch = batch(4, 28, 28);
        BufferedImage page = sheet(batch, Style.standard()).page(0);
        assertThat(barColors(page))
                .containsSubsequence(ColorMap.rgb(-1), 0xF7F7F7, ColorMap.rgb(1));
    }

    @Test
    void theScaleOfUnsignedMapsStartsAtZero() {
        HeatMapBatch signed = batch(4, 28, 28);
        float[] magnitudes = signed.maps().values().clone();
        for (int i = 0; i < magnitudes.length; i++) {
            magnitudes[i] = Math.abs(magnitudes[i]);
        }
        HeatMapBatch batch =
                new HeatMapBatch(signed.inputs(), FloatTensor.of(magnitudes, 4, 28, 28));
        assertThat(barColors(sheet(batch, Style.standard()).page(0)))
                .containsSubsequence(0xF7F7F7, ColorMap.rgb(1))
                .doesNotContain(ColorMap.rgb(-1));
    }

    @Test
    void equalInputsMakeEqualBytes() {
        byte[] one = PngFile.encode(sheet(batch(5, 9, 9), Style.standard()).page(0), Map.of());
        byte[] two = PngFile.encode(sheet(batch(5, 9, 9), Style.standard()).page(0), Map.of());
        assertThat(one).isEqualTo(two);
    }

    @Test
    void oddMapsAreDrawnAndSaid() {
        HeatMapBatch batch =
                new HeatMapBatch(
                        FloatTensor.zeros(2, 1, 4, 4),
                        FloatTensor.of(
                                new float[] {Float.NaN, 0, 0, 0, 0, 0, 0, Float.NaN}, 2, 2, 2));
        List<HeatPanels> panels = HeatPanels.of(batch, Style.standard(), Figure.SIDE);
        BufferedImage said = Figure.draw(panels.get(0), CAPTION, LEGEND);
        assertThat(panels.get(0).remarked("logit 3"))
                .isEqualTo("1 of 4 values are not finite \u00b7 logit 3");
        assertThat(said.getWidth()).isPositive();
        assertThat(sheet(batch, Style.standard()).pages()).isEqualTo(1);
    }

    @Test
    void captionsMustMatch() {
        List<HeatPanels> panels = HeatPanels.of(batch(2, 4, 4), Style.standard(), 4);
        assertThatThrownBy(() -> new ContactSheet(panels, List.of(CAPTION), LEGEND))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("captions: 1 (expected: 2, not 0)");
        assertThatThrownBy(() -> new ContactSheet(List.of(), List.of(), LEGEND))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static ContactSheet sheet(HeatMapBatch batch, Style style) {
        return new ContactSheet(
                HeatPanels.of(batch, style, ContactSheet.SIDE),
                Collections.nCopies(batch.size(), CAPTION),
                LEGEND);
    }

    private static HeatMapBatch batch(int n, int height, int width) {
        SplittableRandom random = new SplittableRandom(5);
        float[] maps = new float[n * height * width];
        float[] inputs = new float[n * height * width];
        for (int i = 0; i < maps.length; i++) {
            maps[i] = (float) random.nextDouble(-1, 1);
            inputs[i] = (float) random.nextDouble();
        }
        return new HeatMapBatch(
                FloatTensor.of(inputs, n, 1, height, width),
                FloatTensor.of(maps, n, height, width));
    }

    /** Counts pictures by the upper left corners of their frames, the scale's own left out. */
    private static int framed(BufferedImage page) {
        int corners = 0;
        for (int y = 80; y < page.getHeight() - 2 * CELL; y++) {
            for (int x = 1; x < page.getWidth() - 2 * CELL; x++) {
                boolean corner = !frame(page, y - 1, x) && !frame(page, y, x - 1);
                for (int i = 0; i < 2 * CELL; i++) { // longer than a cell of an image is wide
                    corner &= frame(page, y, x + i) && frame(page, y + i, x);
                }
                corners += corner ? 1 : 0;
            }
        }
        return corners;
    }

    private static boolean frame(BufferedImage page, int y, int x) {
        return (page.getRGB(x, y) & 0xFFFFFF) == 0xB8B8B8;
    }

    /** Returns the colours of the row of pixels through the scale in the header. */
    private static List<Integer> barColors(BufferedImage page) {
        return IntStream.range(page.getWidth() / 2, page.getWidth())
                .map(x -> page.getRGB(x, 30) & 0xFFFFFF)
                .boxed()
                .toList();
    }
}
