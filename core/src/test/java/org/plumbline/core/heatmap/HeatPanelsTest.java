package org.plumbline.core.heatmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.awt.image.BufferedImage;
import java.util.List;

class HeatPanelsTest {
    private static final FloatTensor GRAY =
            FloatTensor.of(new float[] {-1, 0, 1, 3}, 1, 1, 2, 2); // levels 0, 1/4, 1/2, 1
    private static final FloatTensor MAP = FloatTensor.of(new float[] {-2, 0, 2, 1}, 1, 2, 2);
    private static final FloatTensor ZERO = FloatTensor.zeros(1, 2, 2);

    @Test
    void cellsBecomeBlocksOfTheirColor() {
        BufferedImage map = panels(GRAY, MAP, Style.standard(), 7).map();
        assertThat(map.getWidth()).isEqualTo(6); // whole enlargement: 3
        assertThat(map.getHeight()).isEqualTo(6);
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 3; x++) {
                assertThat(rgb(map, y, x)).isEqualTo(ColorMap.rgb(-1));
                assertThat(rgb(map, y, x + 3)).isEqualTo(0xF7F7F7);
                assertThat(rgb(map, y + 3, x)).isEqualTo(ColorMap.rgb(1));
                assertThat(rgb(map, y + 3, x + 3)).isEqualTo(ColorMap.rgb(0.5));
            }
        }
    }

    @Test
    void imagesAreStretchedOverTheirRange() {
        BufferedImage input = panels(GRAY, MAP, Style.standard(), 2).input();
        assertThat(rgb(input, 0, 0)).isEqualTo(0x000000);
        assertThat(rgb(input, 0, 1)).isEqualTo(0x404040);
        assertThat(rgb(input, 1, 0)).isEqualTo(0x808080);
        assertThat(rgb(input, 1, 1)).isEqualTo(0xFFFFFF);
    }

    @Test
    void normalisationIsUndoneByChannel() {
        FloatTensor inputs = FloatTensor.of(new float[] {-1, 0, 2}, 1, 3, 1, 1);
        PixelRange range =
                PixelRange.normalised(
                        DenseVector.copyOf(0.5f, 0.2f, 0.4f), DenseVector.copyOf(0.5f, 1, 0.2f));
        assertThat(rgb(panels(inputs, FloatTensor.zeros(1, 1, 1), style(range), 1).input(), 0, 0))
                .isEqualTo(0x0033CC); // 0, 0.2, 0.8 of 255
    }

    @Test
    void oneMeanServesEveryChannelAndLevelsAreClamped() {
        FloatTensor inputs = FloatTensor.of(new float[] {-9, 0, 9}, 1, 3, 1, 1);
        PixelRange range =
                PixelRange.normalised(DenseVector.copyOf(0.6f), DenseVector.copyOf(0.25f));
        assertThat(rgb(panels(inputs, FloatTensor.zeros(1, 1, 1), style(range), 1).input(), 0, 0))
                .isEqualTo(0x0099FF);
    }

    @Test
    void otherNumbersOfChannelsBecomeTheirMeanInGray() {
        FloatTensor inputs = FloatTensor.of(new float[] {0, 1, 0, 3}, 1, 2, 1, 2); // means 0, 2
        BufferedImage input =
                panels(inputs, FloatTensor.zeros(1, 1, 2), Style.standard(), 2).input();
        assertThat(rgb(input, 0, 0)).isEqualTo(0x000000);
        assertThat(rgb(input, 0, 1)).isEqualTo(0xFFFFFF);
    }

    @Test
    void smoothMapsMixValuesBeforeColors() {
        Style smooth =
                new Style(ScaleRule.MAXIMUM, true, Enlargement.BILINEAR, PixelRange.stretch());
        FloatTensor map = FloatTensor.of(new float[] {-1, 1}, 1, 1, 2);
        BufferedImage drawn =
                panels(FloatTensor.zeros(1, 1, 1, 2), map, smooth, 8).map(); // centres at 1.5, 5.5
        assertThat(rgb(drawn, 0, 0)).isEqualTo(ColorMap.rgb(-1));
        assertThat(rgb(drawn, 0, 2)).isEqualTo(ColorMap.rgb(-0.75));
        assertThat(rgb(drawn, 0, 3)).isEqualTo(ColorMap.rgb(-0.25));
        assertThat(rgb(drawn, 0, 4)).isEqualTo(ColorMap.rgb(0.25));
        assertThat(rgb(drawn, 0, 7)).isEqualTo(ColorMap.rgb(1));
    }

    @Test
    void zeroLeavesTheLiftedImageInTheOverlay() {
        BufferedImage overlay = panels(GRAY, ZERO, Style.standard(), 2).overlay();
        int[] levels = {0, 64, 128, 255};
        for (int i = 0; i < levels.length; i++) {
            int rgb = rgb(overlay, i / 2, i % 2);
            int gray = (int) Math.round(255 * 0.35 + 0.65 * levels[i]);
            assertThat(rgb).isEqualTo(gray << 16 | gray << 8 | gray);
        }
    }

    @Test
    void theStrongestValueAlmostCoversTheImage() {
        BufferedImage overlay = panels(GRAY, MAP, Style.standard(), 2).overlay();
        int end = ColorMap.rgb(-1);
        for (int shift = 0; shift <= 16; shift += 8) {
            double wanted = 0.9 * (end >> shift & 0xff) + 0.1 * 0.35 * 255; // the image is black
            assertThat((double) (rgb(overlay, 0, 0) >> shift & 0xff))
                    .isCloseTo(wanted, within(0.51));
        }
    }

    @Test
    void coarseMapsCoverTheWholeImage() {
        FloatTensor coarse = FloatTensor.of(new float[] {-1, 1}, 1, 1, 2);
        BufferedImage map =
                panels(FloatTensor.zeros(1, 1, 6, 6), coarse, Style.standard(), 6).map();
        assertThat(rgb(map, 5, 2)).isEqualTo(ColorMap.rgb(-1));
        assertThat(rgb(map, 5, 3)).isEqualTo(ColorMap.rgb(1));
    }

    @Test
    void largeImagesAreMadeSmaller() {
        HeatPanels panels =
                panels(
                        FloatTensor.zeros(1, 1, 30, 60),
                        FloatTensor.zeros(1, 30, 60),
                        Style.standard(),
                        20);
        assertThat(panels.input().getWidth()).isEqualTo(20);
        assertThat(panels.input().getHeight()).isEqualTo(10);
    }

    @Test
    void eachMapMayHaveItsOwnScale() {
        FloatTensor maps = FloatTensor.of(new float[] {1, -8}, 2, 1, 1);
        HeatMapBatch batch = new HeatMapBatch(FloatTensor.zeros(2, 1, 1, 1), maps);
        assertThat(HeatPanels.of(batch, Style.standard(), 1))
                .extracting(panel -> panel.scale().limit())
                .containsExactly(8.0, 8.0);
        Style own = new Style(ScaleRule.MAXIMUM, false, Enlargement.NEAREST, PixelRange.stretch());
        List<HeatPanels> panels = HeatPanels.of(batch, own, 1);
        assertThat(panels).extracting(panel -> panel.scale().limit()).containsExactly(1.0, 8.0);
        assertThat(rgb(panels.get(0).map(), 0, 0)).isEqualTo(ColorMap.rgb(1));
        assertThat(rgb(panels.get(1).map(), 0, 0)).isEqualTo(ColorMap.rgb(-1));
    }

    @Test
    void valuesThatAreNotFiniteAreHatchedAndSaid() {
        FloatTensor map =
                FloatTensor.of(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1, 0}, 1, 2, 2);
        HeatPanels panels = panels(GRAY, map, Style.standard(), 12);
        for (BufferedImage image : List.of(panels.map(), panels.overlay())) {
            assertThat(rgb(image, 0, 0)).isEqualTo(0x000000);
            assertThat(rgb(image, 0, 3)).isEqualTo(0xFFD400);
            assertThat(rgb(image, 0, 6)).isEqualTo(0x000000);
        }
        assertThat(rgb(panels.map(), 6, 0)).isEqualTo(ColorMap.rgb(1));
        assertThat(panels.remark()).isEqualTo("2 of 4 values are not finite");
    }

    @Test
    void allZeroMapsAreNeutralAndSaid() {
        HeatPanels panels = panels(GRAY, ZERO, Style.standard(), 2);
        assertThat(rgb(panels.map(), 1, 1)).isEqualTo(0xF7F7F7);
        assertThat(panels.remark()).isEqualTo("all values are 0");
        assertThat(panels(GRAY, MAP, Style.standard(), 2).remark()).isEmpty();
    }

    @Test
    void flatAndOddInputsAreDrawn() {
        FloatTensor flat = FloatTensor.of(new float[] {7, 7, 7, 7}, 1, 1, 2, 2);
        assertThat(rgb(panels(flat, MAP, Style.standard(), 2).input(), 0, 0)).isEqualTo(0x808080);
        FloatTensor odd = FloatTensor.of(new float[] {Float.NaN, 0, 1, 2}, 1, 1, 2, 2);
        BufferedImage drawn = panels(odd, MAP, Style.standard(), 2).input();
        assertThat(rgb(drawn, 0, 0)).isEqualTo(0x000000);
        assertThat(rgb(drawn, 1, 1)).isEqualTo(0xFFFFFF);
    }

    @Test
    void batchesThatDoNotFitAreRefused() {
        refused(() -> new HeatMapBatch(MAP, MAP), "inputs: ");
        refused(() -> new HeatMapBatch(GRAY, FloatTensor.zeros(2, 2, 2)), "maps: ");
        refused(() -> new HeatMapBatch(GRAY, GRAY), "maps: ");
        refused(
                () -> new HeatMapBatch(FloatTensor.zeros(0, 1, 2, 2), FloatTensor.zeros(0, 2, 2)),
                "inputs: ");
    }

    @Test
    void rangesThatDoNotFitAreRefused() {
        DenseVector two = DenseVector.copyOf(1, 1);
        refused(() -> PixelRange.normalised(two, DenseVector.copyOf(1, 1, 1)), "std: 3 values");
        refused(() -> PixelRange.normalised(two, DenseVector.copyOf(1, 0)), "std: 0");
        refused(() -> PixelRange.normalised(DenseVector.copyOf(Float.NaN, 1), two), "mean: NaN");
        refused(
                () -> panels(GRAY, MAP, style(PixelRange.normalised(two, two)), 2),
                "mean: 2 values (expected: one, or one for each of 1 channels)");
    }

    private static void refused(Runnable work, String message) {
        assertThatThrownBy(work::run)
                .isInstanceOf(AuditException.class)
                .hasMessageStartingWith(message);
    }

    private static Style style(PixelRange pixels) {
        return new Style(ScaleRule.MAXIMUM, true, Enlargement.NEAREST, pixels);
    }

    private static HeatPanels panels(FloatTensor inputs, FloatTensor maps, Style style, int side) {
        return HeatPanels.of(new HeatMapBatch(inputs, maps), style, side).get(0);
    }

    private static int rgb(BufferedImage image, int y, int x) {
        return image.getRGB(x, y) & 0xFFFFFF;
    }
}
