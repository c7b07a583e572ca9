package org.plumbline.cli.quickstart;

import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.heatmap.Enlargement;
import org.plumbline.core.heatmap.HeatMapBatch;
import org.plumbline.core.heatmap.HeatPanels;
import org.plumbline.core.heatmap.PixelRange;
import org.plumbline.core.heatmap.PngFile;
import org.plumbline.core.heatmap.ScaleRule;
import org.plumbline.core.heatmap.Style;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.sensitivity.SensitivityMap;
import org.plumbline.core.tap.TapReading;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.generator.Picture;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where in an image the attacked class's logit rises or falls along the concept, before and after.
 * Immutable.
 *
 * @param tiles one row per image
 * @param largest the magnitude shown at full strength, logits per unit of activation
 */
record HeatMaps(List<Tile> tiles, double largest) {
    private static final int SIDE = 5 * FashionBias.SIDE;
    private static final Style STYLE =
            new Style(ScaleRule.MAXIMUM, true, Enlargement.BILINEAR, PixelRange.stretch());

    HeatMaps {
        tiles = List.copyOf(tiles);
    }

    /** Reads both models on the same images and draws them on one scale. */
    static HeatMaps of(List<Picture> images, Path before, Path after, DenseVector cav)
            throws IOException {
        FloatTensor inputs = inputs(images);
        TapReading first = read(inputs, before);
        TapReading second = read(inputs, after);
        List<HeatPanels> panels =
                HeatPanels.of(
                        new HeatMapBatch(
                                FloatTensor.concat(List.of(inputs, inputs)),
                                FloatTensor.concat(
                                        List.of(
                                                SensitivityMap.of(first.gradient(), cav),
                                                SensitivityMap.of(second.gradient(), cav)))),
                        STYLE,
                        SIDE);
        List<Tile> tiles = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            tiles.add(
                    new Tile(
                            picture(panels.get(i).input()),
                            picture(panels.get(i).overlay()),
                            picture(panels.get(images.size() + i).overlay()),
                            predicted(first, i),
                            predicted(second, i)));
        }
        return new HeatMaps(tiles, panels.get(0).scale().limit());
    }

    private static FloatTensor inputs(List<Picture> images) {
        float[] pixels = new float[images.size() * FashionBias.SIDE * FashionBias.SIDE];
        for (int i = 0; i < images.size(); i++) {
            images.get(i).scaleInto(pixels, i * FashionBias.SIDE * FashionBias.SIDE);
        }
        return FloatTensor.of(pixels, images.size(), 1, FashionBias.SIDE, FashionBias.SIDE);
    }

    private static TapReading read(FloatTensor inputs, Path archive) throws IOException {
        try (TapFolder tap =
                TapFolder.open(archive, new LayerPath(ModelFolder.LAYER), Optional.empty())) {
            return tap.model().read(inputs, FashionBias.TARGET);
        }
    }

    private static String predicted(TapReading reading, int row) {
        return FashionBias.CLASSES.get(reading.logits().largest(row));
    }

    private static String picture(BufferedImage image) {
        return Base64.getEncoder().encodeToString(PngFile.encode(image, Map.of()));
    }

    /**
     * One image as PNG files in Base64: plain, and with the sensitivity over it.
     *
     * @param predictedBefore class the original model finds most likely
     * @param predictedAfter class the repaired model finds most likely
     */
    record Tile(
            String plain,
            String before,
            String after,
            String predictedBefore,
            String predictedAfter) {}
}
